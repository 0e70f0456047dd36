import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { note } from './support/oracle.ts'
import { type Mark, makeMark } from './support/processes.ts'
import { type Watched, watch } from './support/watch.ts'

/** CPU seconds of a process and of those that it waited for; 0 if it has ended. */
const secondsOf = (pid: number): number => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100
  } catch {
    return 0
  }
}

const byHand = (mark: Mark): number => mark.processes().reduce((sum, { pid }) => sum + secondsOf(pid), 0)

/** What kntop says that it has used since it began, and what its processes had used just before and just after. */
const compare = async (watched: Watched, mark: Mark) => {
  const before = byHand(mark)
  const from = performance.now()
  await watched.until('what kntop costs', () => (watched.taken('kntop.node_cpu').at(-1)?.at ?? from) > from)
  const { value = Number.NaN, window = Number.NaN } = watched.taken('kntop.node_cpu').at(-1) ?? {}
  return { before, ours: (value / 100) * window, after: byHand(mark) }
}

test('what kntop costs is what all of its processes have used', async () => {
  const mark = makeMark()
  const watched = await watch({ enter: ['env', mark.variable] })
  const from = await compare(watched, mark)
  // The figure covers up to 60 s: as long as it covers all, two of them differ by what was used between.
  await watched.until('half a minute', () => (watched.taken('kntop.node_cpu').at(-1)?.window ?? 0) > 30, 60_000)
  const to = await compare(watched, mark)
  const grown = to.ours - from.ours
  // Each time is cut to ticks of 10 ms: of awk, of what feeds it, of the shells of commands, of the commands.
  const slack = 0.04
  expect(grown).toBeGreaterThanOrEqual(to.before - from.after - slack)
  expect(grown).toBeLessThanOrEqual(to.after - from.before + slack)
  expect(grown).toBeGreaterThan(0)
  note('CPU that kntop used, in seconds', grown, to.after - from.after)
})
