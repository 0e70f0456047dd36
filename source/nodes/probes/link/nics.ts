import { readDecimals, wordEnd } from '../decimal.ts'
import { rate } from '../rates.ts'
import { gaps } from '../rows.ts'

/** Where each figure stands in a line of the take, behind the name. `speed` in Mbit/s; all else counts up. */
export const fields = {
  rx_bytes: 1,
  rx_packets: 2,
  rx_errs: 3,
  rx_drop: 4,
  rx_fifo: 5,
  tx_bytes: 6,
  tx_packets: 7,
  tx_errs: 8,
  tx_drop: 9,
  rx_missed: 10,
  speed: 11,
  carrier_changes: 12,
} as const

const names = Object.keys(fields)

/** The name of a figure, by its place. */
export const fieldAt = (place: number): string => names[place - 1] ?? ''

/** The name, and each of {@link fields}. */
const width = 1 + names.length

/** One physical interface. Arrays by {@link fields}, written in place; NaN is what the node does not tell. */
export interface Nic {
  readonly name: string
  /** As last read. */
  readonly figures: number[]
  /** Growth per second of the counters since the reading before; NaN as well where one went back. */
  readonly grown: number[]
  /** Whether it tells its speed. */
  isRated: boolean
}

const isSpeed = (speed = Number.NaN): boolean => speed > 0

export const parseNic = (line: string): Nic => {
  const nic = { name: line.slice(0, wordEnd(line, 0)), figures: gaps(width), grown: gaps(width), isRated: false }
  readDecimals(line, nic.figures)
  nic.isRated = isSpeed(nic.figures[fields.speed])
  return nic
}

/** As just read; what an interface had before is in its figures. */
const now = gaps(width)

const growBy = (grown: number[], before: readonly number[], figures: readonly number[], seconds: number): void => {
  for (let at = 0; at < width; at += 1) grown[at] = rate(before[at] ?? Number.NaN, figures[at] ?? Number.NaN, seconds)
}

const readNic = (nic: Nic, line: string, seconds: number): void => {
  const { figures, grown } = nic
  readDecimals(line, now)
  growBy(grown, figures, now, seconds)
  for (let at = 0; at < width; at += 1) figures[at] = now[at] ?? Number.NaN
  nic.isRated = isSpeed(figures[fields.speed])
}

/** Reads what interfaces tell now, in place; true where one tells a speed and did not, or the other way round. */
export const readAgain = (nics: readonly Nic[], lines: readonly string[], seconds: number): boolean => {
  let isOther = false
  for (let index = 0; index < nics.length; index += 1) {
    const nic = nics[index]
    if (nic === undefined) continue
    const { isRated } = nic
    readNic(nic, lines[index] ?? '', seconds)
    isOther ||= nic.isRated !== isRated
  }
  return isOther
}

/** Whether each line is of the interface that stands in its place. */
export const areOf = (lines: readonly string[], nics: readonly Nic[]): boolean => {
  if (lines.length !== nics.length) return false
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const name = nics[index]?.name ?? ''
    if (!line.startsWith(name) || wordEnd(line, name.length) !== name.length) return false
  }
  return true
}

/**
 * Reads interfaces anew. Growths are known if they are the ones of before in another order: a sum over others would jump.
 */
export const readAnew = (lines: readonly string[], before: readonly Nic[], seconds: number): readonly Nic[] => {
  const nics = lines.map(parseNic)
  const known = nics.map(({ name }) => before.find((one) => one.name === name))
  if (before.length !== nics.length || known.includes(undefined)) return nics
  nics.forEach(({ grown, figures }, index) => growBy(grown, known[index]?.figures ?? [], figures, seconds))
  return nics
}

/** The first three names, and how many more there are. */
export const namesOf = (nics: readonly Pick<Nic, 'name'>[]): string => {
  const shown = nics.slice(0, 3).map(({ name }) => name)
  return [...shown, ...(nics.length > 3 ? [`+${nics.length - 3}`] : [])].join(' ')
}
