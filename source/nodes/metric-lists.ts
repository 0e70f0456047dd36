import type { MetricId } from '../metrics/catalogue.ts'

/** Lists that are kept: what nodes of one kind give differs little. Not without end: a node may leave out what it likes. */
const most = 64

/** Whether a list holds the first so many of those given, in their order, and nothing else. */
export const isListOf = (list: readonly MetricId[], given: readonly MetricId[], count: number): boolean => {
  if (list.length !== count) return false
  for (let index = 0; index < count; index += 1) if (list[index] !== given[index]) return false
  return true
}

/** Gives the first so many of an array that is written anew as a list that may be kept: for the same metrics the same one. */
export const createMetricLists = (): ((given: readonly MetricId[], count: number) => readonly MetricId[]) => {
  const lists: (readonly MetricId[])[] = []
  return (given, count) => {
    for (const list of lists) if (isListOf(list, given, count)) return list
    const list = given.slice(0, count)
    if (lists.length < most) lists.push(list)
    return list
  }
}
