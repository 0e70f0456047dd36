import type { Unit } from '../text/units.ts'
import { multiplesWithin, roundNumbers, type Scale } from './scale.ts'

const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400]

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 30, 100].map((count) => count * day),
  ...[1, 2, 5, 10, 100].map((count) => count * year),
]

/**
 * The seconds between the ticks of an axis over `seconds` with at most about `count` of them. Labels are whole minutes up to
 * two hours, whole hours up to two days, whole days up to two years (see `formatValue`), so a step is never finer than its labels.
 */
export const timeStep = (seconds: number, count: number): number | undefined =>
  timeSteps.find(
    (step) =>
      step >= seconds / Math.max(1, count) &&
      (seconds <= 2 * minute || step % minute === 0) &&
      (seconds <= 2 * hour || step % hour === 0) &&
      (seconds <= 2 * day || step % day === 0) &&
      (seconds <= 2 * year || step % year === 0),
  )

/**
 * The values that a vertical axis names, the more important first: its ends, then round numbers between, about `count` in
 * all. On an axis of minutes and more only times that their labels say in full.
 */
export const ticksFor = (scale: Scale, unit: Unit, count: number): readonly number[] => {
  const second = unit === 's' ? 1 : unit === 'ms' ? 1000 : undefined
  if (second === undefined || scale.max / second <= 2 * minute)
    return [scale.max, scale.min, ...roundNumbers(scale, count)]
  const step = timeStep(scale.max / second, count)
  return step ? multiplesWithin(scale, step * second) : []
}
