import { type Clean, clean } from './clean.ts'

/** What a figure counts. Percentages are 0 to 100, `ms` and `s` are both times, `factor` is times as many. */
export type Unit = '%' | 'count' | '/s' | 'ms' | 's' | 'bit/s' | 'bytes' | 'factor'

/** The widest answer of `formatValue` when no width is given, in cells. */
export const valueWidth = 7

interface Step {
  /** The least magnitude written in this step, in the unit of the ladder. */
  readonly from: number
  /** What one of this step is, in the unit of the ladder. */
  readonly size: number
  readonly sign: string
  /** Nobody writes 2.5 hours as an age: from here on whole numbers, rounded down. */
  readonly whole?: true
}

const decimal = (sign: string): readonly Step[] =>
  ['', 'k', 'M', 'G', 'T', 'P', 'E'].map((prefix, index) => {
    const size = 1000 ** index
    return { from: index === 0 ? 0 : size, size, sign: prefix + sign }
  })

const [minute, hour, day, year] = [60e3, 3600e3, 86_400e3, 365 * 86_400e3]

// Milliseconds. The next larger unit starts at two of it, as in kubectl's ages.
const times: readonly Step[] = [
  { from: 0, size: 0.001, sign: 'us' },
  { from: 0.1, size: 1, sign: 'ms' },
  { from: 1000, size: 1000, sign: 's' },
  { from: 2 * minute, size: minute, sign: 'm', whole: true },
  { from: 2 * hour, size: hour, sign: 'h', whole: true },
  { from: 2 * day, size: day, sign: 'd', whole: true },
  { from: 2 * year, size: year, sign: 'y', whole: true },
]

const ladders: Readonly<Record<Unit, readonly Step[]>> = {
  '%': decimal('%'),
  count: decimal(''),
  '/s': decimal('/s'),
  ms: times,
  s: times,
  'bit/s': decimal('b'),
  bytes: decimal('B'),
  factor: decimal('x'),
}

const zeros: Readonly<Partial<Record<Unit, string>>> = { ms: '0ms', s: '0s' }

/** The step a magnitude is written in; the last one also for what is larger. */
const stepFor = (magnitude: number, ladder: readonly Step[]): Step =>
  ladder.findLast((step) => magnitude >= step.from) ?? { from: 0, size: 1, sign: '' }

const perSecond = '/s'

const exponential = (value: number): string => value.toExponential(0).replace('+', '')

/** One way to write a magnitude above 0: at most `digits` significant digits, or `<` and the least of them. */
const written = (magnitude: number, ladder: readonly Step[], digits: number): string => {
  const step = stepFor(magnitude, ladder)
  const count = magnitude / step.size
  if (step.whole) return `${count < 1e4 ? Math.floor(count) : exponential(count)}${step.sign}`
  if (count >= 999.5 && step === ladder.at(-1)) return `${exponential(magnitude)}${ladder[0]?.sign ?? ''}`
  const decimals = Math.max(0, digits - (count >= 100 ? 3 : count >= 10 ? 2 : 1))
  const rounded = Number(count.toFixed(decimals))
  if (rounded === 0) return `<${10 ** -decimals}${step.sign}`
  // Rounding may reach the next step: 999.7 is 1k, and 119.96 s is 2m.
  const carried = rounded * step.size
  return carried > magnitude && stepFor(carried, ladder) !== step
    ? written(carried, ladder, digits)
    : `${rounded}${step.sign}`
}

const formOf = (value: number, unit: Unit, digits: number): string => {
  const ladder = ladders[unit]
  if (value === 0) return zeros[unit] ?? `0${ladder[0]?.sign ?? ''}`
  const form = written(Math.min(Math.abs(value) * (unit === 's' ? 1000 : 1), Number.MAX_VALUE), ladder, digits)
  if (value > 0) return form
  return form.startsWith('<') ? `>-${form.slice(1)}` : `-${form}`
}

/**
 * A figure with its unit in at most `width` cells of ASCII and at most three significant digits: `97.4%`, `1.23k`, `12/s`,
 * `0.31ms`, `1.5s`, `12m`, `12Mb`, `140MB`, `4.5x`. Prefixes are decimal. Times share one ladder, us to y, whichever of `ms`
 * and `s` they come in; from 120 s on they are whole and rounded down. What is not 0 is never written as 0 but as below
 * the least digit shown: `<0.01%`. Where the width (at least 1) leaves no honest form it is filled with `#`; what is no
 * finite number is `-`. Of bits a second the second is said where there is room: `12Mb/s`, `1.23Mb`.
 *
 * Reading back: an optional `<` or `>`, a decimal number (`1e21` above all prefixes), a prefix, the unit's sign.
 */
export const formatValue = (value: number, unit: Unit, width = valueWidth): Clean => {
  if (!Number.isFinite(value)) return clean('-')
  for (const digits of [3, 2, 1]) {
    const form = formOf(value, unit, digits)
    if (unit === 'bit/s' && form.length + perSecond.length <= width) return clean(`${form}${perSecond}`)
    if (form.length <= width) return clean(form)
  }
  return clean('#'.repeat(Math.max(1, Math.floor(width) || 1)))
}

/** The same for a column whose heading says the unit: without the signs `%` and `/s`. */
export const formatCell = (value: number, unit: Unit, width = valueWidth): Clean =>
  formatValue(value, unit === '%' || unit === '/s' ? 'count' : unit, width)

/** An age or a time left, given in seconds, in whole units rounded down: `0s`, `43s`, `12m`, `3h`, `2d`. */
export const formatAge = (seconds: number): Clean => formatValue(Math.trunc(seconds), 's')
