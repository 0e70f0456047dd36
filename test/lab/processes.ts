import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { ownProcesses } from './cgroups.ts'

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

/** The pids of a process from the outermost namespace to its own. */
const pidsOf = (pid: number): readonly number[] =>
  (/^NSpid:\s+(.*)$/m.exec(statusOf(pid))?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number)

/**
 * The first process of the namespace that lies so deep: 1 for the lab's own, 2 for a node's. Pods are deeper still. Undefined if
 * that is not there.
 */
const firstAt = (depth: number, group: string): number | undefined =>
  ownProcesses(group).find((pid) => {
    const pids = pidsOf(pid)
    return pids.length === depth + 1 && pids.at(-1) === 1
  })

/** The first process of the lab, as the machine numbers it. */
export const labInit = (): number | undefined => firstAt(1, '.')

export const nodeInit = (name: string): number | undefined => firstAt(2, name)

export const isAlive = (pid: number): boolean => {
  const state = /^State:\s+(\S)/m.exec(statusOf(pid))?.[1]
  return state !== undefined && state !== 'Z'
}

/** Ends everything of the lab, or of one of its nodes; settles when nothing is left. */
export const endProcesses = async (name = '.'): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    const left = ownProcesses(name)
    if (left.length === 0) return
    if (attempt === 500) throw new Error(`processes of the lab that do not end: ${left.join(' ')}`)
    for (const pid of left)
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    await setTimeout(20)
  }
}

/** Waits for a condition. Rejects after so many milliseconds, with what was waited for and what is known of it. */
export const until = async <Found>(
  what: string,
  look: () => Found | undefined | false | Promise<Found | undefined | false>,
  limit = 30_000,
): Promise<Found> => {
  const end = performance.now() + limit
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`waited ${limit / 1000} s in vain: ${what}`)
    await setTimeout(50)
  }
}
