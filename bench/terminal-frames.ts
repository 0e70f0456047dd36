// The table that the terminal's budgets are about: 50 rows of 12 coloured columns at 200 x 55, values of three decimals.

const rows = 50
const columns = 12
const colours = [31, 32, 33, 34, 35, 36]

export const tableSize = { columns: 200, rows: 55 }

/** Which cells get a new value from one picture to the next. */
export const patterns = { 'all cells': rows * columns, '10 % of cells': (rows * columns) / 10, 'one cell': 1 } as const

/** The same numbers in every run (a linear congruential generator, Numerical Recipes' constants). */
const createRandom = () => {
  let state = 1
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A table whose `next` changes so many cells, scattered, and returns its lines. */
export const createTable = (): { readonly next: (changes: number) => readonly string[] } => {
  const random = createRandom()
  const cell = (): string =>
    `\u001b[${colours[random(colours.length)]}m${(random(1_000_000) / 1000).toFixed(3).padStart(14)}\u001b[39m  `
  const cells = Array.from({ length: rows * columns }, cell)
  const line = (row: number): string =>
    cells
      .slice(row * columns, (row + 1) * columns)
      .join('')
      .trimEnd()
  return {
    next(changes) {
      // A step that shares no factor with the number of cells visits each before it comes back.
      const first = random(cells.length)
      for (let change = 0; change < changes; change++) cells[(first + change * 7) % cells.length] = cell()
      return ['header', '', '', ...Array.from({ length: rows }, (_, row) => line(row)), '', 'footer']
    },
  }
}
