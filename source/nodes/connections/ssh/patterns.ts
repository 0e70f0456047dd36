const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** Whether a text matches a pattern of OpenSSH: `*` is any run of characters, `?` is any one; there is no escape. */
export const matchesPattern = (text: string, pattern: string): boolean => {
  let [at, in_] = [0, 0]
  // Where the last star stands, and what it has swallowed so far: going back to it alone keeps this linear in practice.
  let [star, swallowed] = [-1, 0]
  while (at < text.length) {
    const wanted = pattern[in_]
    if (wanted === '*') {
      star = in_++
      swallowed = at
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[at])) {
      at++
      in_++
    } else if (star >= 0) {
      in_ = star + 1
      at = ++swallowed
    } else return false
  }
  while (pattern[in_] === '*') in_++
  return in_ === pattern.length
}

/** OpenSSH takes a list that holds a longer part for one that matches nothing. */
const longestPart = 1022

/**
 * Whether a name matches a comma list of patterns, case folded: at least one matches, and none of those behind `!`.
 * match_hostname() of OpenSSH's match.c.
 */
export const matchesHostList = (name: string, list: string): boolean => {
  const folded = asciiLower(name)
  let found = false
  for (const part of asciiLower(list).split(',')) {
    const negated = part.startsWith('!')
    const pattern = negated ? part.slice(1) : part
    if (pattern.length > longestPart) return false
    if (!matchesPattern(folded, pattern)) continue
    if (negated) return false
    found = true
  }
  return found
}

/** As OpenSSH folds names: ASCII letters alone. */
export const foldName = asciiLower

/** Whether a name is one name and no pattern. */
export const isConcrete = (name: string): boolean => !/[*?!]/.test(name)
