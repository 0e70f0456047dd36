import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { type InTerminal, patience, programOf, runInTerminal } from './kntop.ts'

// The terminal interface as a job of a shell: that gives the terminal its own modes while a job is stopped, and does not
// put those of the job back.

interface Job extends InTerminal {
  /** The process of kntop; undefined: there is none. */
  pid(): number | undefined
  /** Stops it as another program would, and waits until the shell has the terminal. */
  stop(): Promise<void>
}

const prompt = 'shell> '

const isKntop = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('asking.ts')

/** As proc_pid_stat(5) has it, T: stopped. */
const stateOf = (pid: number): string | undefined => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]

/** Waits until the shell has said this so many times. */
const says = (shell: InTerminal, text: RegExp, times: number): Promise<void> =>
  vi.waitFor(() => expect(shell.written().match(text)).toHaveLength(times), patience)

const start = async (): Promise<Job> => {
  // What follows is $@ of an interactive shell.
  const bash = ['bash', '--norc', '--noprofile', '-is', '--']
  const shell = runInTerminal(programOf('asking.ts'), { columns: 100, rows: 30 }, { PS1: prompt }, bash)
  await shell.sees(prompt.trim())
  shell.pty.write('"$@"; echo ended with $?\r')
  await shell.sees('nodes(all)[1]')
  const pid = (): number | undefined => shell.alive().find((one) => one !== shell.pty.pid && isKntop(one))
  const job = pid()
  if (job === undefined) throw new Error('no kntop')
  let stops = 0
  return {
    ...shell,
    pid,
    async stop() {
      process.kill(job, 'SIGTSTP')
      stops++
      await says(shell, /Stopped/g, stops)
      await vi.waitFor(() => expect(stateOf(job)).toBe('T'), patience)
    },
  }
}

/** Takes keys one by one, unseen, and ctrl-c for a key. */
const isWhole = async (job: Job): Promise<void> => {
  job.pty.write('?')
  await job.sees('help(nodes)')
  job.pty.write('\u001b')
  await job.sees('nodes(all)[1]')
  job.pty.write('\u0003')
  await job.sees('press ctrl-c again to quit')
  const { isAlternate, isCursorHidden } = job.emulator
  expect({ isAlternate, isCursorHidden }).toEqual({ isAlternate: true, isCursorHidden: true })
  expect(job.written().split('\u001b[?2004').at(-1)?.[0], 'pastes are marked').toBe('h')
  job.pty.write('\u0003')
  await job.sees('ended with 0')
  expect(job.emulator.isAlternate).toBe(false)
}

test('takes keys, pastes and the whole screen again when it is brought to the foreground', async () => {
  const job = await start()
  await job.stop()
  job.pty.write('printf "\\033[?1049l\\033[?25h"; fg; echo ended with $?\r')
  await job.sees('nodes(all)[1]')
  await isWhole(job)
})

test('has the size that the window was given meanwhile', async () => {
  const job = await start()
  await job.stop()
  job.resize({ columns: 130, rows: 25 })
  job.pty.write('fg\r')
  await job.sees(/^┌─ nodes\(all\)\[1\] ─{112}┐$/m)
})

test('stops again when it is continued in the background, draws no picture there, and comes back whole', async () => {
  const job = await start()
  await job.stop()
  const { length } = job.written()
  // It says so at once, and not with its next prompt.
  job.pty.write('set -b; bg\r')
  await says(job, /Stopped/g, 2)
  expect(job.written().slice(length)).not.toContain('nodes(all)')
  job.pty.write('fg; echo ended with $?\r')
  await job.sees('nodes(all)[1]')
  await isWhole(job)
})
