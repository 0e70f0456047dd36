const [minus, dot, zero, nine] = [45, 46, 48, 57]

/** Digits that surely add up without rounding. */
const exactDigits = 15
const powers = Array.from({ length: exactDigits + 1 }, (_, digits) => 10 ** digits)

/**
 * A part of a text as a decimal number as the kernel writes it, or NaN for anything else, so that garbage is a gap and never 0.
 * Read by hand, because a thousand nodes have a hundred thousand figures a second.
 */
export const decimalIn = (text: string, from: number, to: number): number => {
  const first = text.charCodeAt(from) === minus ? from + 1 : from
  let digits = 0
  let point = -1
  for (let at = first; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= zero && code <= nine) digits = digits * 10 + code - zero
    else if (code === dot && point < 0 && at > first) point = at
    else return Number.NaN
  }
  if (first >= to || point === to - 1) return Number.NaN
  if (to - first > exactDigits) return Number(text.slice(from, to))
  const size = point < 0 ? digits : digits / (powers[to - 1 - point] ?? Number.NaN)
  return first > from ? -size : size
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

/** What {@link decimals} gathers, because an array that grows is twice as large as it has to be. */
const gathered: number[] = []

/** The blank-separated fields of a line as numbers; what is not a number is NaN. */
export const decimals = (line: string): readonly number[] => {
  let count = 0
  let from = wordStart(line, 0)
  do {
    const to = wordEnd(line, from)
    gathered[count] = decimalIn(line, from, to)
    count += 1
    from = wordStart(line, to)
  } while (from < line.length)
  return gathered.slice(0, count)
}
