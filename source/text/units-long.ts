import { type Clean, clean } from './clean.ts'
import type { Unit } from './units.ts'

type Word = readonly [size: number, singular: string]

// In seconds, largest first.
const days: readonly Word[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]
const parts: readonly Word[] = [
  [1, 'second'],
  [1e-3, 'millisecond'],
  [1e-6, 'microsecond'],
]
const prefixes: readonly Word[] = [
  [1e12, 'tera'],
  [1e9, 'giga'],
  [1e6, 'mega'],
  [1e3, 'kilo'],
  [1, ''],
]

/** Four significant digits, whole numbers below 1e15 in full. */
const number = (value: number): string => {
  const magnitude = Math.abs(value)
  if (magnitude >= 1e15) return value.toExponential(3).replace('+', '')
  if (magnitude >= 1000) return String(Math.round(value))
  return String(Number(value.toPrecision(4)))
}

const plural = (count: string, word: string): string => `${count} ${word}${count === '1' || count === '-1' ? '' : 's'}`

/** The largest word not above the magnitude, else the smallest. */
const wordFor = (magnitude: number, words: readonly Word[]): Word =>
  words.find(([size]) => magnitude >= size) ?? words.at(-1) ?? [1, '']

const duration = (seconds: number): string => {
  const magnitude = Math.abs(seconds)
  if (magnitude < 120) {
    const [size, word] = wordFor(magnitude, parts)
    return seconds === 0 ? '0 seconds' : plural(number(seconds / size), word)
  }
  const first = days.findIndex(([size]) => magnitude >= size)
  const whole = Math.floor(magnitude)
  const written = days.slice(first, first + 2).map(([size, word], index) => {
    const above = days[first + index - 1]
    const count = Math.floor((index > 0 && above ? whole % above[0] : whole) / size)
    return count > 0 ? plural(number(count), word) : ''
  })
  return `${seconds < 0 ? '-' : ''}${written.filter((part) => part !== '').join(' ')}`
}

const prefixed = (value: number, noun: string): string => {
  const [size, prefix] = wordFor(Math.abs(value), prefixes)
  return plural(number(value / size), prefix + noun)
}

const spelled: Readonly<Record<Unit, (value: number) => string>> = {
  '%': (value) => `${number(value)} %`,
  count: number,
  '/s': (value) => `${number(value)} per second`,
  ms: (value) => duration(value / 1000),
  s: duration,
  'bit/s': (value) => `${prefixed(value, 'bit')} per second`,
  bytes: (value) => prefixed(value, 'byte'),
  factor: (value) => `${number(value)} times`,
}

/**
 * A figure with its unit spelled out and four significant digits, for panes with room: `97.43 %`, `262144`, `12.5 per
 * second`, `310 microseconds`, `3 hours 12 minutes`, `12.35 megabits per second`. What is no finite number is `-`.
 */
export const formatLong = (value: number, unit: Unit): Clean =>
  clean(Number.isFinite(value) ? spelled[unit](value) : '-')
