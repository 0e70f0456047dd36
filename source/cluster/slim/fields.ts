import { type Clean, clean } from '../../text/clean.ts'

/** A JSON object whose fields are anything. */
export type Fields = Readonly<Record<string, unknown>>

const none: Fields = {}

/** The value as an object; an empty one where it is something else. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none

/** The value as an array; an empty one where it is something else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The same array without the room that was left for more: a list that grew has room for 17. */
export const exactly = <Item>(grown: readonly Item[]): readonly Item[] => grown.slice()

/** The value as a string; empty where it is something else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The value as a whole number that is not negative; 0 where it is something else. */
export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0

/** A time as the API writes it (RFC 3339) in ms since 1970; NaN where it is something else. */
export const timeOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN)

/** Makes strings clean, and gives equal ones as one: of 50,000 pods the nodes, owners and containers recur. */
export type Words = (outside: unknown) => Clean

const longest = 256
const most = 65_536

/** Words that remember; what is shared is bounded, what is not shared is correct all the same. */
export const createWords = (): Words => {
  const known = new Map<string, Clean>()
  return (outside) => {
    const text = textOf(outside)
    const before = known.get(text)
    if (before !== undefined) return before
    const word = clean(text, longest)
    if (known.size >= most) known.clear()
    if (text.length <= longest) known.set(text, word)
    return word
  }
}
