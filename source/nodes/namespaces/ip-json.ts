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

/** The objects in what `ip -j` printed, a line for each command of a batch. The last list may have been cut. */
export const rowsIn = (lines: readonly string[] = []): readonly Row[] =>
  lines.filter((line) => line.startsWith('[')).flatMap((line) => parsed(line) ?? wholeOf(line))

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
