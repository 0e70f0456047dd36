import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { JsonNode, JsonSnapshot } from '../../../source/export/json.ts'
import { metricOf } from '../../../source/metrics/catalogue.ts'
import { type Band, bands, severity } from '../../../source/metrics/metric.ts'
import { emptyTable, fillTable, tableMaximum } from '../faults/conntrack.ts'
import { notReached, watchChart } from './history.ts'
import { build, standingOf, valueOf, watchLab } from './kntop.ts'
import { askFromPod, type Count, countEntries, forgetFlows, openFlows } from './load.ts'
import { podsOf } from './oracles.ts'
import { misbanded, shownOf } from './standings.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const nodeOf = (line: JsonSnapshot, name: string): JsonNode | undefined => line.nodes.find((node) => node.name === name)

/** Lines of a stretch of time, in milliseconds since 1970. */
const between = (lines: readonly JsonSnapshot[], from: number, to: number): readonly JsonSnapshot[] =>
  lines.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to)

const metric = metricOf('conntrack.fill')
const { note, warning, critical } = metric.levels

/** The worst band that a fill of the table allows: raised at its level, and not before. */
const bandAt = (fill: number): Band => {
  const levels = { note, warning, critical }
  return bands.findLast((band) => band === 'ok' || fill >= (levels[band]?.raise ?? Number.POSITIVE_INFINITY)) ?? 'ok'
}

describe('a load that rises in steps', () => {
  withLab((lab) => {
    /** Questions a second. */
    const rates = [100, 300, 900] as const
    const seconds = 10
    /** What the start of dnsperf, a capture and a line a second may be late with, in milliseconds. */
    const settling = 4500

    test('of dnsperf stands as lookups in the row of the node of its pod, step by step, and in no other', async () => {
      const [server] = await podsOf(lab, 'k8s-app=kube-dns', 'kube-system')
      // Where CoreDNS runs, it asks, too.
      const node = lab.nodes.findLast(({ name }) => name !== server?.node)
      if (node === undefined) throw new Error('every node of the lab is a name server')
      const others = lab.nodes.filter(({ name }) => name !== node.name)
      const kntop = watchLab(lab, ['--with', 'dns-capture'])
      const lookups = (line: JsonSnapshot | undefined, name: string): number =>
        line === undefined ? Number.NaN : valueOf(nodeOf(line, name), 'dns.lookups')
      const silent = (): readonly string[] =>
        lab.nodes.flatMap(({ name }) => (Number.isNaN(lookups(kntop.now(), name)) ? [name] : []))
      await expect.poll(silent, { timeout: 30_000 }).toEqual([])
      const chart = await watchChart(lab, node, metricOf('dns.lookups').title, ['--with', 'dns-capture'])
      const before = kntop.lines().length
      const calm = Math.max(...lab.nodes.map(({ name }) => lookups(kntop.now(), name)))

      const steps: { readonly answered: number; readonly seen: readonly number[] }[] = []
      for (const rate of rates) {
        const from = Date.now() + settling
        const answered = await askFromPod(lab, node, rate, seconds)
        const lines = between(kntop.lines(), from, Date.now())
        steps.push({ answered, seen: lines.map((line) => lookups(line, node.name)) })
      }
      process.stderr.write(`lookups a second: ${JSON.stringify(steps)}\n`)
      for (const { answered, seen } of steps) {
        expect(seen.length).toBeGreaterThanOrEqual(3)
        // The pod's own questions come on top.
        expect(Math.abs(median(seen) - answered)).toBeLessThan(0.1 * answered + calm + 20)
      }
      const elsewhere = kntop
        .lines()
        .slice(before)
        .flatMap((line) => others.map(({ name }) => lookups(line, name)))
      expect(elsewhere.filter((value) => value > rates[0] / 2 + calm)).toEqual([])
      // Where the line of the chart is highest is the last step.
      const seen = steps.map((step) => median(step.seen))
      const shares = seen.map((one) => one / Math.max(...seen))
      const unseen = (): readonly number[] => {
        const line = chart()
        const heights = line.map((height) => height / Math.max(...line))
        return notReached(heights, shares, 0.05)
      }
      await expect.poll(unseen).toEqual([])
      // After the last step nothing of it is left.
      await expect.poll(() => lookups(kntop.now(), node.name)).toBeLessThan(rates[0])
    })

    test('of new flows stands in the table of its node, and no band comes before its level', async () => {
      const node = lab.node('worker-1')
      const maximum = tableMaximum()
      const kntop = watchLab(lab)
      const fill = (line: JsonSnapshot | undefined, name = node.name): number =>
        line === undefined ? Number.NaN : valueOf(nodeOf(line, name), 'conntrack.fill')
      await expect.poll(() => lab.nodes.filter(({ name }) => Number.isNaN(fill(kntop.now(), name)))).toEqual([])
      onTestFinished(async () => {
        await forgetFlows(node)
        await emptyTable(node)
      })
      const chart = await watchChart(lab, node, metric.title)
      const counts = countEntries(node)
      await expect.poll(() => counts.length).toBeGreaterThan(0)
      const share = (): number => (100 * (counts.at(-1)?.entries ?? Number.NaN)) / maximum
      // Half of it is there before: flows that nobody has closed.
      await fillTable(node, Math.floor(maximum / 2), 'SEEN_REPLY,ASSURED')
      await expect.poll(() => Math.abs(fill(kntop.now()) - share())).toBeLessThan(1)

      const reached: { readonly fill: number; readonly counted: number; readonly band: string }[] = []
      for (const level of [60, 74, 84, 94]) {
        const more = Math.round(((level - share()) / 100) * maximum)
        openFlows(node, more, more / 6)
        await expect.poll(share).toBeGreaterThan(level - 0.5)
        await expect.poll(() => Math.abs(fill(kntop.now()) - share())).toBeLessThan(1)
        await expect.poll(() => standingOf(kntop.node(node.name), 'conntrack.fill')).toBe(bandAt(level))
        reached.push({
          fill: fill(kntop.now()),
          counted: share(),
          band: standingOf(kntop.node(node.name), 'conntrack.fill'),
        })
      }
      process.stderr.write(`fill: ${JSON.stringify(reached)}\n`)
      expect(reached.map(({ band }) => band)).toEqual(['ok', 'note', 'warning', 'critical'])
      // The chart is of 0 to 100 %.
      const heights = reached.map((step) => step.fill / 100)
      await expect.poll(() => notReached(chart(), heights, 0.03)).toEqual([])
      expect(earlyOf(kntop.lines(), counts, maximum, node.name)).toEqual([])
      const misplaced = (name: string): readonly string[] => misbanded(shownOf(kntop.lines(), name, metric), metric)
      expect(lab.nodes.map(({ name }) => [name, misplaced(name)])).toEqual(lab.nodes.map(({ name }) => [name, []]))
      const elsewhere = kntop.lines().flatMap((line) => line.nodes.filter(({ name }) => name !== node.name))
      const loud = elsewhere.filter((other) => {
        const isMarked = ['note', 'warning', 'critical'].includes(standingOf(other, 'conntrack.fill'))
        return isMarked || valueOf(other, 'conntrack.fill') > 10
      })
      expect(loud.map(({ name }) => name)).toEqual([])
    })
  })
})

/** Lines whose band is one that `conntrack -C` had not counted up to by then. */
const earlyOf = (
  lines: readonly JsonSnapshot[],
  counts: readonly Count[],
  maximum: number,
  name: string,
): readonly string[] =>
  lines.flatMap((line) => {
    const next = counts.find(({ at }) => at > Date.parse(line.at))?.at ?? Number.POSITIVE_INFINITY
    const counted = Math.max(...counts.filter(({ at }) => at <= next).map(({ entries }) => entries))
    const band = standingOf(nodeOf(line, name), 'conntrack.fill')
    const isEarly = bands.some((one) => one === band && severity(one) > severity(bandAt((100 * counted) / maximum)))
    return isEarly ? [`${line.at} ${band}: counted ${counted} of ${maximum}`] : []
  })
