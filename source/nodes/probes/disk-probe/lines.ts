import type { Clean } from '../../../text/clean.ts'
import { clean } from '../../../text/clean.ts'

/** What the program on the node says, line by line. */
export interface Heard {
  /** The rest of a line that has not ended, by run. */
  readonly partial: ReadonlyMap<number, string>
  /** Latencies in milliseconds that no tick has taken yet. */
  readonly latencies: readonly number[]
  /** Where the file lies; empty until a run said so. */
  readonly place: Clean
  /** Percent of time in which all work waits for the disk, while the probe holds still because of it. */
  readonly paused: number | undefined
}

export const nothingHeard: Heard = { partial: new Map(), latencies: [], place: clean(''), paused: undefined }

/** The program's lines have at most a path in them; what is longer is not from it. */
const longest = 4096 + 64

const decoder = new TextDecoder()

const hearLine = (heard: Heard, line: string): Heard => {
  const [word, rest = ''] = line.split(/ (.*)/s)
  const number = Number(rest)
  switch (word) {
    case 'sync':
      return Number.isFinite(number) && rest !== ''
        ? { ...heard, latencies: [...heard.latencies, number / 1000], paused: undefined }
        : heard
    case 'pause':
      return Number.isFinite(number) ? { ...heard, paused: number } : heard
    case 'on': {
      const [filesystem = '', folder = ''] = rest.split(/ (.*)/s)
      return { ...heard, place: clean(`${folder} on ${filesystem}`) }
    }
    case 'growing':
      return { ...heard, place: clean(`${heard.place}, growing file`) }
    default:
      return heard
  }
}

/** Reads a piece of what run `source` wrote. Lines: `on FILESYSTEM FOLDER`, `growing`, `sync MICROSECONDS`, `pause PERCENT`. */
export const hear = (heard: Heard, chunk: Uint8Array, source: number): Heard => {
  const text = (heard.partial.get(source) ?? '') + decoder.decode(chunk)
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  // Runs overlap in pairs and are numbered as they start: what older ones left unfinished never ends.
  const partial = new Map([...heard.partial].filter(([run]) => run >= source - 1))
  partial.set(source, rest.length > longest ? '' : rest)
  return { ...lines.reduce(hearLine, heard), partial }
}
