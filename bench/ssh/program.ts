import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { cpuOf, memoryOf, waitedFor } from '../cost.ts'
import type { Server } from './server.ts'

const program = resolve(import.meta.dirname, '..', '..', 'bin', 'kntop.js')

/** Fifty rows of a table, every column. */
const size = { cols: 200, rows: 60 }

/** Milliseconds from a key to the picture that shows it, 5 s at most. */
export interface Press {
  readonly wall: number
  /** Without the time in which it, or whoever reads its terminal, stood in line for a CPU. */
  readonly undisturbed: number
}

/** The built program in a pseudo-terminal that takes everything at once, on hosts behind the server. */
export interface RunningProgram {
  readonly pid: number
  /** Milliseconds from its start until the screen says so; rejects after `limit` of them. */
  sees(text: string, limit: number): Promise<number>
  /** How many nodes the header calls live. */
  live(): number
  /** Moves the cursor by a key, where there is room. */
  press(): Promise<Press>
  /** CPU milliseconds so far, of itself and of the children that it has waited for. */
  cpu(): { readonly own: number; readonly children: number }
  /** Bytes that are resident. */
  resident(): number
  end(): Promise<void>
}

/** USER_HZ of every Linux that Node runs on: milliseconds of a tick in proc_pid_stat(5). */
const tick = 10

const childrenCpu = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return tick * (Number(fields[13]) + Number(fields[14]))
}

/** Milliseconds after which nobody waits for a key's picture any more. */
const longestPress = 5000

export const startProgram = (
  server: Server,
  hosts: readonly string[],
  run: readonly string[] = [program],
): RunningProgram => {
  const began = performance.now()
  const state = mkdtempSync(join(server.folder, 'state-'))
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 0 })
  const hostsFile = join(state, 'hosts')
  writeFileSync(hostsFile, `${hosts.join('\n')}\n`)
  const argv = [...run, '--hosts-file', hostsFile, '--ssh-config', server.configFile]
  const pty = spawn(process.execPath, argv, {
    ...size,
    name: 'xterm-256color',
    env: { ...process.env, LANG: 'C.UTF-8', XDG_STATE_HOME: state, XDG_CONFIG_HOME: state },
  })
  const lines = (): readonly string[] =>
    Array.from({ length: size.rows }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '')
  /** What there is to be said where it does not go on: the header, and the first rows. */
  const shown = (): string => lines().slice(0, 8).join('\n')
  const exit = Promise.withResolvers<void>()
  let isOver = false
  pty.onExit(() => {
    isOver = true
    exit.resolve()
  })
  // Somebody who looks at each picture as it comes; `at`: when its last bytes had arrived.
  let onPicture: (at: number) => void = () => undefined
  pty.onData((data) => {
    const at = performance.now()
    terminal.write(data, () => onPicture(at))
  })

  /** Waits for a picture; gives when it had arrived. */
  const until = (isIt: () => boolean, limit: number): Promise<number> =>
    new Promise((done, fail) => {
      const guard = setTimeout(() => finish(() => fail(new Error(`kntop shows:\n${shown()}`))), limit)
      const finish = (settle: () => void): void => {
        clearTimeout(guard)
        onPicture = () => undefined
        settle()
      }
      onPicture = (at) => {
        if (isIt()) finish(() => done(at))
      }
      void exit.promise.then(() => finish(() => fail(new Error(`kntop has ended:\n${shown()}`))))
      onPicture(performance.now())
    })

  /** The line below the table begins with what stands under the cursor. */
  const underCursor = (): string => {
    const all = lines()
    return all[all.findIndex((line) => line.startsWith('└')) + 1]?.trim().split(' ')[0] ?? ''
  }

  return {
    pid: pty.pid,
    sees: async (text, limit) => (await until(() => lines().some((line) => line.includes(text)), limit)) - began,
    live: () => Number(/(\d+) of \d+ live/.exec(lines().join('\n'))?.[1] ?? 0),
    async press() {
      const before = underCursor()
      // Rows come and go, and take the cursor along.
      const key = lines().findIndex((line) => line.startsWith(`│ ${before} `)) < size.rows / 2 ? 'j' : 'k'
      const waited = (): number => waitedFor(pty.pid) + waitedFor(process.pid)
      const [pressed, waitedBefore] = [performance.now(), waited()]
      pty.write(key)
      const shown = until(() => underCursor() !== before, longestPress)
      const wall = (await shown.catch(() => pressed + longestPress)) - pressed
      return { wall, undisturbed: Math.max(0, wall - (waited() - waitedBefore)) }
    },
    cpu: () => ({ own: cpuOf([pty.pid]), children: childrenCpu(pty.pid) }),
    resident: () => memoryOf([pty.pid]).rss,
    async end() {
      if (!isOver) pty.write('\u0003\u0003')
      await Promise.race([exit.promise, wait(5000)])
      if (!isOver) pty.kill('SIGKILL')
      await exit.promise
      terminal.dispose()
    },
  }
}
