import type { Readable } from 'node:stream'

/** Of what a program writes to stderr this much is kept. */
export const stderrLimit = 16 * 1024

/** The end of a text that grows. */
export interface BoundedText {
  add(text: string): void
  clear(): void
  text(): string
}

export const boundedText = (): BoundedText => {
  let kept = ''
  return {
    add: (text) => {
      kept = (kept + text).slice(-stderrLimit)
    },
    clear: () => {
      kept = ''
    },
    text: () => kept,
  }
}

/** Keeps the end of what a stream gives. */
export const tailOf = (stream: Readable): BoundedText => {
  const tail = boundedText()
  stream.setEncoding('utf8').on('data', tail.add)
  return tail
}
