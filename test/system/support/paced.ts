import { expect } from 'vitest'
import type { Running } from './command.ts'
import { note } from './oracle.ts'

/** Milliseconds: how long "the last second" of a figure may be, since ticks come late on a busy machine. */
const window = { least: 900, most: 1150 } as const

interface Step {
  readonly at: number
  readonly count: number
}

const stepsIn = (output: string): readonly Step[] =>
  Array.from(output.matchAll(/^paced (\S+) (\d+)$/gm), ([, at, count]) => ({ at: Number(at), count: Number(count) }))

/** The least and the highest rate per second that a sender of `programs/pace.ts` had over any second so far. */
export const ratesOf = (sender: Running): { readonly least: number; readonly most: number } => {
  const steps = stepsIn(sender.output())
  const rates = steps.flatMap((from, index) =>
    steps
      .slice(index)
      .filter(({ at }) => at - from.at >= window.least && at - from.at <= window.most)
      .map(({ at, count }) => (1000 * (count - from.count)) / (at - from.at)),
  )
  if (rates.length === 0) throw new Error(`the sender was watched for less than a second: ${sender.errors()}`)
  return { least: Math.min(...rates), most: Math.max(...rates) }
}

/** Holds a rate per second beside what a paced sender did: within the rates that it had, and 2 % about them. */
export const expectPaced = (figure: string, ours: number, sender: Running, nominal: number): void => {
  note(figure, ours, nominal, '/s')
  const { least, most } = ratesOf(sender)
  expect(ours, figure).toBeGreaterThanOrEqual(0.98 * least)
  expect(ours, figure).toBeLessThanOrEqual(1.02 * most)
}
