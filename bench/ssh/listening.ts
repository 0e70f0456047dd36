import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds that it has. */
const patience = 10_000

const isHeard = (port: number): boolean =>
  readFileSync('/proc/net/tcp', 'latin1').includes(
    `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`,
  )

/** Waits until an sshd listens; throws with what it said where it does not. */
export const listening = async (child: ChildProcess, port: number): Promise<void> => {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  for (let waited = 0; waited < patience; waited += 50) {
    if (child.exitCode !== null) break
    if (isHeard(port)) return
    await wait(50)
  }
  throw new Error(`sshd does not listen: ${said}`)
}
