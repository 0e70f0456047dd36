/** So many numbers that are not known yet, in an array at its full length: it is written in place from then on. */
export const gaps = (count: number): number[] => {
  const numbers: number[] = []
  while (numbers.length < count) numbers.push(Number.NaN)
  // What was pushed has room for more.
  return numbers.slice()
}

/** Rows by which it grows: the seconds of most windows. */
const more = 12

/**
 * Rows of so many numbers, oldest first: what a probe keeps of the last seconds. They stand in one array that is written in place,
 * because what is made anew every second, and lives until the next, is what the collector of a thousand nodes is busiest with.
 */
export class Rows {
  /** How many there are. */
  count = 0
  private readonly width: number
  private numbers: number[] = []
  /** How many there is room for, and where the oldest stands. */
  private room = 0
  private first = 0

  constructor(width: number) {
    this.width = width
  }

  /** A number of a row that there is; 0: the oldest. */
  get(row: number, column: number): number {
    return this.numbers[this.place(row) + column] ?? Number.NaN
  }

  set(row: number, column: number, value: number): void {
    this.numbers[this.place(row) + column] = value
  }

  /** Adds a row, whose numbers are to be set, and gives its number. */
  add(): number {
    if (this.count === this.room) this.grow()
    this.count += 1
    return this.count - 1
  }

  /** Leaves the newest so many only. */
  keep(count: number): void {
    const left = Math.min(count, this.count)
    this.first += this.count - left
    if (this.first >= this.room) this.first -= this.room
    this.count = left
  }

  private place(row: number): number {
    const at = this.first + row
    return (at < this.room ? at : at - this.room) * this.width
  }

  private grow(): void {
    const numbers = gaps((this.room + more) * this.width)
    for (let row = 0; row < this.count; row += 1)
      for (let column = 0; column < this.width; column += 1) numbers[row * this.width + column] = this.get(row, column)
    this.numbers = numbers
    this.room += more
    this.first = 0
  }
}

/** How many of the newest rows cover so many seconds, which stand in their first column: as few as do, or all. */
export const covering = (rows: Rows, seconds: number): number => {
  let covered = 0
  let first = rows.count
  while (first > 0 && covered < seconds) {
    first -= 1
    covered += rows.get(first, 0)
  }
  return rows.count - first
}
