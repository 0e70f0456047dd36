import { describe, expect, test, vi } from 'vitest'
import { type Argv, type Running, start } from './support/command.ts'
import { kntopCommand, startKntop } from './support/kntop.ts'
import type { Mark } from './support/processes.ts'
import { nodeProgram } from './support/programs.ts'

const all = ['--local', '--with', 'all']

/** What kntop runs on a node: the sampler, commands, opt-ins. */
const children = (mark: Mark): readonly string[] =>
  mark
    .processes()
    .map(({ name }) => name)
    .filter((name) => name !== 'kntop')

/** Waits until all that a node can be asked for runs: sampler, capture and disk probe among it. */
const everythingRuns = (mark: Mark): Promise<void> =>
  vi.waitFor(() => expect(children(mark)).toEqual(expect.arrayContaining(['tcpdump', 'perl'])), {
    timeout: 20_000,
    interval: 50,
  })

const nothingIsLeft = async (mark: Mark, limit: number): Promise<number> => {
  const from = performance.now()
  await vi.waitFor(() => expect(mark.processes()).toEqual([]), { timeout: limit, interval: 20 })
  return performance.now() - from
}

/** kntop in a terminal, drawing. */
const inTerminal = async (): Promise<{
  readonly terminal: Running
  readonly mark: Mark
  readonly pid: () => number
}> => {
  const { argv, mark } = kntopCommand(all)
  const terminal = start([...nodeProgram('terminal'), ...argv] as unknown as Argv)
  await vi.waitFor(() => expect(terminal.output()).toContain('\u001b[?1049h'), { timeout: 20_000, interval: 20 })
  await everythingRuns(mark)
  const pid = (): number => mark.processes().find(({ name }) => name === 'kntop')?.pid ?? Number.NaN
  return { terminal, mark, pid }
}

describe('what is left of kntop on a node', () => {
  test('after SIGKILL: nothing', async () => {
    const { program, mark } = startKntop(['--stream', ...all])
    await everythingRuns(mark)
    console.log(children(mark))
    program.kill('SIGKILL')
    console.log(await nothingIsLeft(mark, 20_000))
  })

  test('when its terminal vanishes: nothing, within a second', async () => {
    const { terminal, mark } = await inTerminal()
    terminal.kill('SIGKILL')
    console.log(await nothingIsLeft(mark, 5_000))
  })

  test('after SIGTERM: nothing, and the terminal as it was', async () => {
    const { terminal, mark, pid } = await inTerminal()
    process.kill(pid(), 'SIGTERM')
    await vi.waitFor(() => expect(terminal.errors()).toMatch(/^ended /m), { timeout: 5000, interval: 20 })
    console.log(terminal.errors())
    console.log(await nothingIsLeft(mark, 5_000))
    expect(terminal.output().lastIndexOf('\u001b[?1049l')).toBeGreaterThan(
      terminal.output().lastIndexOf('\u001b[?1049h'),
    )
  })

  test('while it is stopped: nothing, once all leases are over; and then it comes back', async () => {
    const { program, mark } = startKntop(['--stream', ...all])
    await everythingRuns(mark)
    program.kill('SIGSTOP')
    const from = performance.now()
    await vi.waitFor(() => expect(children(mark)).toEqual([]), { timeout: 90_000, interval: 200 })
    console.log('lease', performance.now() - from)
    program.kill('SIGCONT')
    await everythingRuns(mark)
  })
})
