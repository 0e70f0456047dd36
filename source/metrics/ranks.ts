/** Value at a rank (0 to 100) of several sorted lists together, by nearest rank; NaN of none. Quick for ranks near 100. */
export const atRank = (lists: readonly ArrayLike<number>[], rank: number): number => {
  let count = 0
  const left: number[] = []
  for (const { length } of lists) {
    count += length
    left.push(length)
  }
  let value = Number.NaN
  // From the largest down: a 99th percentile is among the first hundredth.
  for (let above = count - Math.max(1, Math.ceil((rank / 100) * count)); above >= 0 && count > 0; above -= 1) {
    let largest = -1
    value = Number.NEGATIVE_INFINITY
    for (let list = 0; list < lists.length; list += 1) {
      const last = lists[list]?.[(left[list] ?? 0) - 1] ?? Number.NEGATIVE_INFINITY
      if (largest >= 0 && last <= value) continue
      value = last
      largest = list
    }
    left[largest] = (left[largest] ?? 0) - 1
  }
  return value
}

/** Median of sorted values: of an even number the mean of the middle two. */
export const median = (sorted: ArrayLike<number>): number => {
  const upper = sorted.length >> 1
  const high = sorted[upper] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[upper - 1] ?? Number.NaN)) / 2
}
