// First unit, last unit, cells: what every terminal draws alike, and nothing that a following character could turn into
// something else by itself. Ambiguous characters count as one cell, as everywhere in this program.
const ranges: readonly (readonly [number, number, 1 | 2])[] = [
  [0x20, 0x7e, 1],
  [0xa0, 0xac, 1],
  [0xae, 0x2ff, 1],
  [0x391, 0x3c9, 1],
  [0x410, 0x44f, 1],
  [0x2010, 0x2027, 1],
  [0x20a0, 0x20bf, 1],
  [0x2190, 0x22ff, 1],
  [0x2500, 0x25fc, 1],
  [0x2710, 0x2718, 1],
  [0x2800, 0x28ff, 1],
  [0x3041, 0x3096, 2],
  [0x30a1, 0x30fa, 2],
  [0x4e00, 0x9fff, 2],
  [0xac00, 0xd7a3, 2],
  [0xff01, 0xff5e, 2],
]

const table = new Uint8Array(0x1_0000)
for (const [first, last, cells] of ranges) table.fill(cells, first, last + 1)

/**
 * The cells of a UTF-16 unit where all terminals agree about it, else 0: then string-width has to be asked, and the
 * terminal may still think differently.
 */
export const agreedCells = (unit: number): number => table[unit] ?? 0

/** Whether all terminals agree how many cells this glyph takes. */
export const isAgreed = (glyph: string): boolean => glyph.length === 1 && agreedCells(glyph.charCodeAt(0)) > 0

/** Whether the unit before may be taken by itself: this one (NaN at the end) cannot join it to another glyph. */
export const standsApart = (next: number): boolean => Number.isNaN(next) || next < 0x300 || agreedCells(next) > 0
