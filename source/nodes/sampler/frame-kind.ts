import { groups as known } from './awk.ts'

/** What a frame says of itself behind its uptime: `1,5` or `raw 1,5`. */
export interface FrameKind {
  readonly said: string
  readonly isRaw: boolean
  /** Those that were read for it. */
  readonly groups: readonly number[]
}

const isGroup = (number: number): boolean => known.some((every) => every === number)

const parse = (said: string): FrameKind | undefined => {
  const words = said.split(' ')
  const isRaw = words[0] === 'raw'
  const named = words[isRaw ? 1 : 0] ?? ''
  const groups = named === '' ? [] : named.split(',').map(Number)
  return groups.every(isGroup) ? { said, isRaw, groups } : undefined
}

/** The same few for all nodes. Not without end, and not as long as a line may be: a node may say what it likes. */
const kinds = new Map<string, FrameKind>()
const [mostKinds, longestKept] = [64, 16]

/** Undefined where it names a group that there is not; else the same object for the same text. */
export const frameKind = (said: string): FrameKind | undefined => {
  const before = kinds.get(said)
  if (before !== undefined) return before
  const kind = parse(said)
  if (kind === undefined || said.length > longestKept) return kind
  if (kinds.size >= mostKinds) kinds.clear()
  kinds.set(said, kind)
  return kind
}
