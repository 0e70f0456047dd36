// What is read where it lies: a text of its own for each word of each frame costs more than what is read from it.

const [blank, point, zero, nine] = [32, 46, 48, 57]

export const isDigit = (code: number | undefined): boolean => code !== undefined && code >= zero && code <= nine

/** Where the word that begins at `from` ends, at `to` at the latest. */
export const wordEnd = (bytes: Buffer, from: number, to: number): number => {
  let at = from
  while (at < to && bytes[at] !== blank) at += 1
  return at
}

/** Whether this text, in Latin-1, stands between two places. */
export const isText = (bytes: Buffer, from: number, to: number, text: string): boolean => {
  if (to - from !== text.length) return false
  for (let at = from; at < to; at += 1) if (bytes[at] !== text.charCodeAt(at - from)) return false
  return true
}

/** Characters of a decimal number that come out right by counting: a double holds any fifteen digits. */
const certain = 15

/** The decimal number between two places, digits with at most one point among them; NaN where there is none. */
export const decimalIn = (bytes: Buffer, from: number, to: number): number => {
  let value = 0
  let scale = 0
  for (let at = from; at < to; at += 1) {
    const code = bytes[at] ?? 0
    if (code === point && scale === 0) scale = 1
    else if (isDigit(code)) {
      value = value * 10 + code - zero
      scale *= 10
    } else return Number.NaN
  }
  const digits = to - from - (scale > 0 ? 1 : 0)
  if (digits < 1) return Number.NaN
  if (digits > certain) return Number(bytes.toString('latin1', from, to))
  return scale > 1 ? value / scale : value
}
