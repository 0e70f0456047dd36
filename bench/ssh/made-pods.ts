import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { NamespaceKey } from '../../source/nodes/sampler/take.ts'

/** Processes of this machine that stand for the pods of a node. */
export interface MadePods {
  readonly keys: readonly NamespaceKey[]
  /** What the search for pods prints of them: one in three has a CPU limit. */
  readonly found: string
  end(): Promise<void>
}

/** Word 22 of proc_pid_stat(5): when it began, in ticks after boot. */
const startOf = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

/** Any number that no other has: the sampler does not look at it. */
const firstInode = 4_026_540_000

const foundOf = (keys: readonly NamespaceKey[]): string =>
  [
    'host 4026531833',
    'own 4026531833',
    ...keys.flatMap((key, index) => {
      const uid = randomUUID()
      const container = randomUUID().replaceAll('-', '').repeat(2)
      return [`n ${key} ${uid} -`, ...(index % 3 === 0 ? [`c ${uid} ${container} ${36_000 + index} 0`] : [])]
    }),
    '',
  ].join('\n')

/** Starts so many, which do nothing until they are ended. */
export const makePods = async (count: number): Promise<MadePods> => {
  const children: ChildProcess[] = []
  for (let made = 0; made < count; made += 1) children.push(spawn('sleep', ['600'], { stdio: 'ignore' }))
  await Promise.all(children.map((child) => once(child, 'spawn')))
  const keys = children.flatMap(({ pid }, index): readonly NamespaceKey[] =>
    pid === undefined ? [] : [`${pid}:${startOf(pid)}:${firstInode + index}` as NamespaceKey],
  )
  return {
    keys,
    found: foundOf(keys),
    async end() {
      for (const child of children) {
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }
    },
  }
}
