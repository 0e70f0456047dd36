import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { planOf } from '../../../source/nodes/plan.ts'
import { probes } from '../../../source/nodes/probes.ts'
import type { Take } from '../../../source/nodes/sampler/take.ts'
import { awkNames, type BareAwk, demand, startAwk } from './awks.ts'
import { conntrackHeader, createMachine, type Machine, moved, repeatable } from './machine.ts'
import { type Staged, stage } from './staged.ts'

const perCpu = {
  stat: '/proc/stat',
  softnet: '/proc/net/softnet_stat',
  conntrack: '/proc/net/stat/nf_conntrack',
} as const

const plan = planOf(probes)
let files: Staged
let awk: BareAwk

beforeAll(() => demand('gawk', 'mawk', 'busybox', 'original-awk'))
afterEach(async () => {
  await awk.end()
  files.remove()
})

/** The next second of a machine on which every counter of every file moves. */
const second = (machine: Machine, random: () => number): void => {
  machine.advance()
  const texts = machine.texts()
  for (const path of files.paths) {
    const text = files.read(path)
    if (text !== undefined) files.write(path, moved(text, random))
  }
  for (const [name, path] of Object.entries(perCpu)) files.write(path, texts[name as keyof typeof texts])
}

const linesOf = (is: (take: Take) => boolean): string | undefined => {
  const here = plan.takes.find(({ take }) => is(take))
  return awk.held[here?.number ?? 0]?.lines[0]
}

const sums = (rows: readonly (readonly number[])[], columns: readonly number[]): string =>
  columns.map((column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0)).join(' ')

describe.each(awkNames)('a machine of many CPUs, read by %s', (name) => {
  test.each([
    { cpus: 2, most: 3 * 1024 },
    { cpus: 32, most: 8 * 1024 },
    { cpus: 128, most: 8 * 1024 },
    { cpus: 512, most: 8 * 1024 },
  ])('of $cpus CPUs costs at most $most bytes a second, and gives the right sums', async ({ cpus, most }) => {
    const machine = createMachine(cpus)
    const random = repeatable(7)
    files = stage(plan.takes)
    awk = startAwk(name, files.takes)

    second(machine, random)
    await awk.tick('1 5 60')
    let bytes = 0
    const seconds = 10
    for (let tick = 1; tick <= seconds; tick += 1) {
      const before = machine.jiffies()
      second(machine, random)
      bytes += (await awk.tick(tick % 5 === 0 ? '1 5' : '1')).bytes

      const header = conntrackHeader.split(/ +/)
      const counters = plan.takes.find(({ take }) => take.file === perCpu.conntrack && take.kind === 'hex')?.take
      const summed = counters?.kind === 'hex' ? counters.sum : []
      expect(linesOf(({ file, kind }) => file === perCpu.conntrack && kind === 'hex')?.split(' ')).toEqual(
        summed.map((column) => (header.includes(column) ? sums(machine.tracked(), [header.indexOf(column)]) : '-')),
      )
      expect(linesOf(({ file }) => file === perCpu.softnet)).toBe(sums(machine.packets(), [1, 2]))
      expect(linesOf(({ file, kind }) => file === perCpu.stat && kind === 'rows')).toBe(
        sums(machine.jiffies(), [0, 1, 2, 3, 4, 5, 6, 7]),
      )
      const growth = (column: number): number =>
        Math.max(...machine.jiffies().map((row, cpu) => (row[column] ?? 0) - (before[cpu]?.[column] ?? 0)))
      expect(linesOf(({ kind }) => kind === 'busiest')).toBe(`${growth(6)} ${growth(7)}`)
    }
    expect(bytes / seconds).toBeLessThanOrEqual(most)
    if (process.env.SHOW) console.log(name, cpus, bytes / seconds)
  })
})
