/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
const distance = (one: string, other: string): number => {
  let older: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        least = Math.min(least, (older[j - 2] ?? 0) + 1)
      }
      next.push(least)
    }
    older = row
    row = next
  }
  return row[other.length] ?? 0
}

const longestWord = 64

/** The candidate that was probably meant: at most a third of its letters differ, case apart. Undefined if none is near. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > longestWord) return undefined
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const steps = distance(word.toLowerCase(), candidate.toLowerCase())
    if (steps < least && steps <= Math.max(1, candidate.length / 3)) {
      best = candidate
      least = steps
    }
  }
  return best
}

/** ` (did you mean X?)` where one of the candidates is near, else nothing. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const near = nearest(word, candidates)
  return near === undefined ? '' : ` (did you mean ${near}?)`
}
