import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The map beside a file of the bundle; undefined where there is none, as when the sources themselves run. */
const mapOf = (file: string): SourceMap | undefined => {
  try {
    return new SourceMap(
      JSON.parse(
        readFileSync(`${file.startsWith('file:') ? fileURLToPath(file) : file}.map`, 'utf8'),
      ) as SourceMapPayload,
    )
  } catch {
    // A stack without names is still better than none: this runs while something else has failed already.
    return undefined
  }
}

/** A line of a stack with the file and line of the source, where the bundle's map tells them. Reads files: only at the end. */
export const sourceFrame = (frame: string): string => {
  const place = /((?:file:\/\/)?\/[^\s:()]+):(\d+):(\d+)/.exec(frame)
  const [whole, file, line, column] = place ?? []
  if (whole === undefined || file === undefined) return frame
  const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1)
  if (entry === undefined || !('originalSource' in entry)) return frame
  const source = entry.originalSource.replace(/^(\.\.\/)+/, '')
  return `at ${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}
