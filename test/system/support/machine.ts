import { readFileSync } from 'node:fs'
import { vi } from 'vitest'
import { type Argv, type Running, run, start } from './command.ts'

/** A machine for a node with pods: its own processes and its own network, in which nobody else's namespaces are seen. */
export interface Machine {
  /** What runs a program on it, to be put before the program's arguments. */
  readonly enter: Argv
  run(argv: Argv, input?: string): Promise<string>
  /** Starts a program in a network namespace of its own, with loopback up. */
  pod(script: string, args?: readonly string[]): Pod
}

export interface Pod extends Pick<Running, 'said'> {
  /** Ends its process, and with it the namespace. */
  end(): void
}

const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])

/** Makes a machine for this test. */
export const makeMachine = async (): Promise<Machine> => {
  const init = start([
    ...(['unshare', '--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc', 'sh', '-ec'] as const),
    'ip link set lo up; echo up; while :; do sleep 1000; done',
  ])
  await init.said(/^up/)
  const pid = await vi.waitFor(() => {
    const child = childOf(init.pid)
    if (!(child > 0)) throw new Error('the machine has no first process')
    return child
  })
  const enter: Argv = ['nsenter', `--target=${pid}`, '--net', '--pid', '--mount', '--']
  return {
    enter,
    run: (argv, input) => run([...enter, ...argv], input),
    pod: (script, args = []) => {
      const program = `ip link set lo up\n${script}`
      const { pid, said } = start([...enter, 'unshare', '--net', 'sh', '-ec', program, 'pod', ...args])
      // What enters a machine waits outside for what it started there.
      return { said, end: () => process.kill(childOf(pid), 'SIGKILL') }
    },
  }
}
