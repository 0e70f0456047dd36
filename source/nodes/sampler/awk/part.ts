import type { Take } from '../take.ts'

/** A take with the number under which the frame names it: its place in the program, from 1. */
export interface NumberedTake {
  readonly number: number
  readonly take: Take
}

export type TakeOf<Kind extends Take['kind']> = Take & { readonly kind: Kind }

/** What one take adds to the program, where its file is read as one text (`slurped.ts`). */
export interface SlurpedPart {
  readonly way: 'slurped'
  readonly number: number
  /** Defines the function `tNUMBER(n)`; `n` is the place of the last line in `w`, whose first stands at 2. */
  readonly code: string
  /** When it is called: `changed`: if the file's text is another than before; `always`: each time. */
  readonly when: 'changed' | 'always'
  /** Whether it needs the lines in `w`. */
  readonly lines: boolean
  /** Statement that forgets what was seen of the file, so that all is looked at again; may be empty. */
  readonly forget: string
}

/** What one take adds to a loop over the lines of a file (`streamed.ts`). */
export interface StreamedPart {
  readonly way: 'streamed'
  readonly number: number
  /** Statement before the first line; may be empty. */
  readonly begin: string
  /** Statement for one line, in `$0`; it counts in `jNUMBER` what it puts. */
  readonly code: string
  /** Whether it wants no other line after its first one. */
  readonly single: boolean
}

/** A text between double quotes; throws on characters that could mean something else to some awk or shell. */
export const literal = (value: string): string => {
  if (!/^[\w \t./:,|^$()[\]*-]*$/.test(value)) throw new Error(`not a literal for the node-side program: ${value}`)
  return `"${value}"`
}

/** The fields of `$0` (undefined: the line), joined by one blank; `-` for those that it does not have. */
export const joined = (fields: readonly number[] | undefined): string => {
  if (fields === undefined) return '$0'
  if (fields.length === 0) return '""'
  const there = fields.map((field) => `$${field}`).join(' " " ')
  const each = fields.map((field) => `at(${field})`).join(' " " ')
  return `(NF<${Math.max(...fields)}?${each}:${there} "")`
}
