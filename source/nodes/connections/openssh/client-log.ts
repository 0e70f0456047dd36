import type { Readable } from 'node:stream'
import { boundedText, stderrLimit } from './bounded-text.ts'

/** What an ssh that uses a connection says of itself, apart from what the command writes to stderr. */
export interface ClientLog {
  /** Settles when the node has opened the session. */
  readonly opened: Promise<void>
  /** Whether the command's own exit status came back: ssh also ends with 255 where there is none. */
  hasStatus(): boolean
  /** The end of everything else: the command's words, and errors of ssh. */
  words(): string
}

// In OpenSSH since 5.4; a line of its log ends like on a terminal, and may begin where the command left off.
const ownWords = /debug\d: /
const openedWords = /master session id: \d+\r$/
const statusWords = /Received exit status from master \d+\r$/

/** Reads the stderr of an ssh with LogLevel DEBUG2. */
export const readClientLog = (stderr: Readable): ClientLog => {
  const opened = Promise.withResolvers<void>()
  const words = boundedText()
  let hasStatus = false
  let begun = ''

  /** What a line holds that is not ssh's own. */
  const wordsOf = (line: string): string => {
    if (!line.endsWith('\r')) return `${line}\n`
    // What is before another return is the command's. Not one pattern for all of it: it would take a time as the square of the line.
    const after = line.lastIndexOf('\r', line.length - 2) + 1
    const own = line.slice(after).search(ownWords)
    if (own < 0) return `${line}\n`
    if (openedWords.test(line)) opened.resolve()
    hasStatus ||= statusWords.test(line)
    return line.slice(0, after + own)
  }

  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (begun + chunk).split('\n')
    begun = lines.pop() ?? ''
    // Once for all of them: a flood of short lines must not keep us from noticing it.
    words.add(lines.map(wordsOf).join(''))
    // No line of ssh is that long.
    if (begun.length <= stderrLimit) return
    words.add(begun)
    begun = ''
  })
  return {
    opened: opened.promise,
    hasStatus: () => hasStatus,
    words: () => (words.text() + begun).trim().slice(-stderrLimit),
  }
}
