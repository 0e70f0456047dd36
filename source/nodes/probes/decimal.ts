const [minus, dot, zero, nine] = [45, 46, 48, 57]

/** Digits that surely add up without rounding. */
const exactDigits = 15
const powers = Array.from({ length: exactDigits + 1 }, (_, digits) => 10 ** digits)

/**
 * Reads a part of a text as a decimal number as the kernel writes it, into a place of an array: NaN for anything else, so that
 * garbage is a gap and never 0. By hand, because a thousand nodes have a hundred thousand figures a second, and into an array,
 * because a number that is handed back mostly takes room of its own.
 */
export const readDecimal = (text: string, from: number, to: number, into: number[], place: number): void => {
  into[place] = Number.NaN
  const first = text.charCodeAt(from) === minus ? from + 1 : from
  let digits = 0
  let point = -1
  for (let at = first; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= zero && code <= nine) digits = digits * 10 + code - zero
    else if (code === dot && point < 0 && at > first) point = at
    else return
  }
  if (first >= to || point === to - 1) return
  if (to - first > exactDigits) {
    into[place] = Number(text.slice(from, to))
    return
  }
  const size = point < 0 ? digits : digits / (powers[to - 1 - point] ?? Number.NaN)
  into[place] = first > from ? -size : size
}

const one = [Number.NaN]

/** As {@link readDecimal}. */
export const decimalIn = (text: string, from: number, to: number): number => {
  readDecimal(text, from, to, one, 0)
  return one[0] ?? Number.NaN
}

/** A whole text as {@link decimalIn} reads it. */
export const decimal = (text: string | undefined): number =>
  text === undefined ? Number.NaN : decimalIn(text, 0, text.length)

/** What parts words: blank, tab and their like. Texts of nodes are Latin-1. */
export const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 160

/** Where the next word begins, from `at` on; the text's length where there is none. */
export const wordStart = (text: string, at: number): number => {
  let start = at
  while (start < text.length && isBlank(text.charCodeAt(start))) start += 1
  return start
}

/** Where the word that begins at `at` ends. */
export const wordEnd = (text: string, at: number): number => {
  let end = at
  while (end < text.length && !isBlank(text.charCodeAt(end))) end += 1
  return end
}

/**
 * Reads the blank-separated fields of a line into an array of the length that is wanted: what is not a number is NaN, and so is
 * what the line does not have.
 */
export const readDecimals = (line: string, into: number[]): void => {
  let from = wordStart(line, 0)
  for (let place = 0; place < into.length; place += 1) {
    const to = wordEnd(line, from)
    readDecimal(line, from, to, into, place)
    from = wordStart(line, to)
  }
}
