import { type Clean, clean } from '../../text/clean.ts'

/** One object of what `ip -j` prints. */
export type Row = Readonly<Record<string, unknown>>

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

const parsed = (text: string): readonly Row[] | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter(isRow) : undefined
  } catch {
    return undefined
  }
}

/**
 * Without what `ip` writes in strings and JSON does not know: a control character as it is, which may be in the name of an
 * interface (jsonw_puts in lib/json_writer.c escapes those alone that have a letter), and `\\'` of old ones.
 */
const repaired = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- these are meant
    .replaceAll(/[\u0000-\u001f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll(/\\(.)/g, (pair: string, sign: string) => (sign === "'" ? sign : pair))

/** Commas that are tried from the end of a text that was cut: an object holds at most some lists of objects. */
const mostTried = 64

/** The objects that came whole of a list that was cut. */
const wholeOf = (text: string): readonly Row[] => {
  let end = text.length
  for (let tried = 0; tried < mostTried && end > 0; tried += 1) {
    end = text.lastIndexOf('},', end - 1)
    if (end < 0) break
    const rows = parsed(`${text.slice(0, end + 1)}]`)
    if (rows !== undefined) return rows
  }
  return []
}

/** Whether `ip` wrote JSON at all: that of busybox and old ones does not. */
export const isJson = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith('['))

/** What could be read of a list, and in how many pieces of it nothing could. */
interface Salvaged {
  readonly rows: readonly Row[]
  readonly lost: number
}

/** Of a list that came whole and is no JSON: parted where an object begins as the first one does, so that one hides no other. */
const salvaged = (text: string): Salvaged => {
  const [, key = '{'] = /^\[(\{"[a-z_]+":)/.exec(text) ?? []
  const pieces = text.slice(1, -1).split(`,${key}`)
  const read = pieces.map((piece, index) => parsed(`[${index === 0 ? '' : key}${piece}]`))
  return { rows: read.flatMap((rows) => rows ?? []), lost: read.filter((rows) => rows === undefined).length }
}

/** Whether all that was opened was closed: a list that was cut is not. */
const isClosed = (text: string): boolean => {
  const signs = text.replaceAll(/"(?:[^"\\]|\\.)*"?/g, '').replaceAll(/[^[\]{}]/g, '')
  const depth = Array.from(signs).reduce((sum, sign) => sum + (sign === '[' || sign === '{' ? 1 : -1), 0)
  return depth === 0 && text.endsWith(']')
}

const readList = (line: string): Salvaged => {
  const text = line.trimEnd()
  const rows = parsed(text)
  if (rows !== undefined) return { rows, lost: 0 }
  const mended = repaired(text)
  const better = parsed(mended)
  if (better !== undefined) return { rows: better, lost: 0 }
  return isClosed(mended) ? salvaged(mended) : { rows: wholeOf(mended), lost: 1 }
}

/** The objects in what `ip -j` printed, a line for each command of a batch. The last list may have been cut. */
export const rowsIn = (lines: readonly string[] = []): readonly Row[] =>
  lines.filter((line) => line.startsWith('[')).flatMap((line) => readList(line).rows)

/** How many pieces of the lists could not be read: of one that was cut that is its end. */
export const lostIn = (lines: readonly string[] = []): number =>
  lines.filter((line) => line.startsWith('[')).reduce((sum, line) => sum + readList(line).lost, 0)

/** A value as a clean string; empty where there is none. */
export const textAt = (row: Row, key: string): Clean => {
  const value = row[key]
  return clean(typeof value === 'string' || typeof value === 'number' ? String(value) : '')
}

export const numberAt = (row: Row, key: string): number | undefined => {
  const value = row[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export const rowAt = (row: Row, key: string): Row => {
  const value = row[key]
  return isRow(value) ? value : {}
}

export const listAt = (row: Row, key: string): readonly unknown[] => {
  const value = row[key]
  return Array.isArray(value) ? value : []
}

export const rowsAt = (row: Row, key: string): readonly Row[] => listAt(row, key).filter(isRow)
