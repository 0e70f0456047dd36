import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** Throws, saying how to get them, if one of these programs is not on this machine. */
export const demand = (...programs: readonly string[]): void => {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`
  const missing = programs.filter((program) => spawnSync('which', [program], { env: { PATH: path } }).status !== 0)
  if (missing.length > 0)
    throw new Error(`not installed: ${missing.join(', ')} (apt-get install openssh-client openssh-server)`)
}

/** Ends a child of ours, frozen or not, and waits until it is gone. */
export const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
