import { describe, expect, test, vi } from 'vitest'
import type { JsonSnapshot } from '../../source/export/json.ts'
import { type Argv, type Running, start } from './support/command.ts'
import { sendFlows } from './support/conntrack.ts'
import { type Kntop, kntopCommand, onNode, readingIn, startKntop, streamed } from './support/kntop.ts'
import { makeNamespace } from './support/namespace.ts'
import { nstat } from './support/nstat.ts'
import { note } from './support/oracle.ts'
import type { Mark } from './support/processes.ts'
import { nodeProgram } from './support/programs.ts'

const all = ['--local', '--with', 'all']

/** Waits until what is called so runs on the node. */
const runs = (mark: Mark, ...names: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(onNode(mark).map(({ name }) => name)).toEqual(expect.arrayContaining([...names])), {
    timeout: 30_000,
    interval: 50,
  })
const everythingRuns = (mark: Mark): Promise<void> => runs(mark, 'awk', 'tcpdump', 'perl')

const nothingIsLeft = (mark: Mark, limit: number): Promise<void> =>
  vi.waitFor(() => expect(mark.processes()).toEqual([]), { timeout: limit, interval: 20 })

/** kntop in a terminal, drawing. */
const inTerminal = async (): Promise<{ readonly terminal: Running; readonly mark: Mark }> => {
  const { argv, mark } = kntopCommand(all)
  const terminal = start([...nodeProgram('terminal'), ...argv] as unknown as Argv)
  await vi.waitFor(() => expect(terminal.output()).toContain('\u001b[?1049h'), { timeout: 20_000, interval: 20 })
  await everythingRuns(mark)
  return { terminal, mark }
}

describe('what is left of kntop', () => {
  test('after SIGKILL: nothing on the node', async () => {
    const { program, mark } = startKntop(['--stream', ...all])
    await everythingRuns(mark)
    program.kill('SIGKILL')
    // Everything there ends with its input; a lease is for what does not notice.
    await nothingIsLeft(mark, 15_000)
  })

  test('when its terminal vanishes: nothing, within a second', async () => {
    const { terminal, mark } = await inTerminal()
    terminal.kill('SIGKILL')
    await nothingIsLeft(mark, 1000)
  })

  test('after SIGTERM: nothing, and the terminal as it was', async () => {
    const { terminal, mark } = await inTerminal()
    const pid = mark.processes().find(({ name }) => name === 'kntop')?.pid
    if (pid !== undefined) process.kill(pid, 'SIGTERM')
    await vi.waitFor(() => expect(terminal.errors()).toMatch(/^ended 143 /m), { timeout: 5000, interval: 20 })
    await nothingIsLeft(mark, 1000)
    const drawn = terminal.output()
    expect(drawn.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(drawn.lastIndexOf('\u001b[?1049h'))
    expect(drawn.lastIndexOf('\u001b[?25h')).toBeGreaterThan(drawn.lastIndexOf('\u001b[?25l'))
  })
})

/** A rate in a line, and the seconds that it covers; nothing where it is missing. */
const rateIn = (line: JsonSnapshot): readonly { readonly value: number; readonly window: number }[] => {
  const reading = readingIn(line, 'udp.datagrams_out')
  return 'missing' in reading ? [] : [{ value: reading.value, window: reading.window ?? Number.NaN }]
}

const hasFigures = (line: JsonSnapshot): boolean => line.nodes[0]?.link?.state === 'live' && rateIn(line).length > 0

/** Since when the node of a line has been in its state. Milliseconds. */
const sinceOf = (one: JsonSnapshot | undefined): number => Date.parse(one?.nodes[0]?.link?.since ?? '')

/** Since when the node has been watched without a break. */
const since = (kntop: Kntop): number => sinceOf(streamed(kntop).findLast(hasFigures))

/** Waits until a line after the first `known` ones is as it should be. */
const line = (kntop: Kntop, known: number, holds: (line: JsonSnapshot) => boolean): Promise<void> =>
  vi.waitFor(() => expect(streamed(kntop).slice(known).some(holds), kntop.program.errors()).toBe(true), {
    timeout: 60_000,
    interval: 100,
  })

/** Waits until the node is watched anew, with figures; gives back the lines since then. */
const watchedAnew = async (kntop: Kntop, before: number): Promise<readonly JsonSnapshot[]> => {
  // Wall time is told to the millisecond, and adjusted while we look: it is not the same from line to line.
  const isAnew = (one: JsonSnapshot): boolean => hasFigures(one) && sinceOf(one) > before + 100
  await line(kntop, 0, isAnew)
  const lines = streamed(kntop)
  return lines.slice(lines.findIndex(isAnew))
}

/** kntop, streaming what it sees of a namespace, with figures. */
const streaming = async (name: string, flags: readonly string[] = []) => {
  const namespace = await makeNamespace(name)
  const kntop = startKntop(['--stream', '--local', ...flags], namespace.enter)
  await line(kntop, 0, hasFigures)
  return { namespace, kntop }
}

const largest = (lines: readonly JsonSnapshot[]): number => Math.max(...lines.flatMap(rateIn).map(({ value }) => value))

describe('kntop, stopped and continued', () => {
  test('for a moment: what happened meanwhile is spread over that time', async () => {
    const { namespace, kntop } = await streaming('moment')
    const before = since(kntop)
    kntop.program.kill('SIGSTOP')
    await sendFlows(namespace, 20_000)
    const known = streamed(kntop).length
    kntop.program.kill('SIGCONT')
    await line(kntop, known, (one) => largest([one]) > 0)
    const [sent = 0] = await nstat(namespace, 'UdpOutDatagrams')
    const seen = streamed(kntop)
      .flatMap(rateIn)
      .filter(({ value }) => value > 0)
    note('udp.datagrams_out by its window, after a stop', (seen[0]?.value ?? 0) * (seen[0]?.window ?? 0), sent)
    // Windows are printed to a tenth of a second.
    for (const { value, window } of seen) expect(Math.abs(value * window - sent)).toBeLessThanOrEqual(0.06 * value)
    expect(Math.abs(since(kntop) - before)).toBeLessThan(100)
  })

  test('until every lease is over: nothing is left on the node, the time is a gap, and it comes back', async () => {
    const { namespace, kntop } = await streaming('leases', ['--with', 'disk-probe'])
    await runs(kntop.mark, 'awk', 'perl')
    const before = since(kntop)
    kntop.program.kill('SIGSTOP')
    await vi.waitFor(() => expect(onNode(kntop.mark)).toEqual([]), { timeout: 90_000, interval: 200 })
    await sendFlows(namespace, 20_000)
    kntop.program.kill('SIGCONT')
    expect(largest(await watchedAnew(kntop, before))).toBe(0)
    expect(largest(streamed(kntop))).toBe(0)
    await runs(kntop.mark, 'awk', 'perl')
  }, 180_000)
})

describe('the sampler', () => {
  test.for(['SIGKILL', 'SIGSTOP'] as const)('is started anew after a %s, and the gap is a gap', async (signal) => {
    const { namespace, kntop } = await streaming('sampler')
    await sendFlows(namespace, 2000)
    await line(kntop, 0, (one) => largest([one]) > 0)
    await line(kntop, streamed(kntop).length, (one) => largest([one]) === 0)
    const before = since(kntop)
    const pid = onNode(kntop.mark).find(({ name }) => name === 'awk')?.pid ?? Number.NaN
    process.kill(pid, signal)
    // A sampler that hangs counts as gone after five seconds.
    if (signal === 'SIGSTOP') await sendFlows(namespace, 2000)
    expect(largest(await watchedAnew(kntop, before))).toBe(0)
    expect(onNode(kntop.mark).map((process) => process.pid)).not.toContain(pid)
    await runs(kntop.mark, 'awk')
  })
})
