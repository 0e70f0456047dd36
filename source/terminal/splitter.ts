import { clean } from '../text/clean.ts'
import { altKey, escapeKey, readToken, type Token } from './read-token.ts'

/**
 * What a splitter still holds back. `key`: it may be a key as it stands (escape, alt with `[`). `sequence`: no hand types
 * this, the rest must be on its way. `paste`: the end of pasted text is missing.
 */
export type Held = 'nothing' | 'key' | 'sequence' | 'paste'

/** Cuts a terminal's input into tokens. However the bytes are split over the reads, the tokens are the same. */
export type Splitter = {
  push(bytes: Uint8Array): readonly Token[]
  readonly held: Held
  /** Gives up waiting: what may be a key becomes one, a cut-off paste ends, anything else is dropped. */
  flush(): readonly Token[]
}

const pasteStart = '\u001b[200~'
const pasteEnd = '\u001b[201~'
// More than any prompt takes; whatever comes beyond is dropped until the paste ends.
const longestPaste = 4096
// oxlint-disable-next-line no-control-regex -- escape and alt with a key that also begins a sequence
const perhapsKey = /^\u001b{1,2}[[O\]P]?$/
const longestSequence = 100_000

/**
 * Pasted text as lines that are safe to draw: tabs become one space, other control characters U+FFFD. What was copied must
 * not press a key. Line ends stay, as `\n`: what is done with further lines is for whoever takes the text to say.
 */
const readPaste = (bytes: string): Token => {
  const text = Buffer.from(bytes, 'latin1').toString().trimEnd()
  const lines = text.split(/[\r\n]+/).map((line) => clean(line.replaceAll(/\t+/g, ' '), longestPaste))
  return { type: 'paste', text: lines.join('\n').slice(0, longestPaste) }
}

export const createSplitter = (): Splitter => {
  let bytes = ''
  let pasted: string | undefined

  /** The paste, if its end is there; otherwise keeps what may be the beginning of its end. */
  const endPaste = (): Token | undefined => {
    const end = bytes.indexOf(pasteEnd)
    const taken = end < 0 ? Math.max(0, bytes.length - pasteEnd.length + 1) : end
    pasted = ((pasted ?? '') + bytes.slice(0, taken)).slice(0, 4 * longestPaste)
    bytes = bytes.slice(end < 0 ? taken : end + pasteEnd.length)
    if (end < 0) return undefined
    const token = readPaste(pasted)
    pasted = undefined
    return token
  }

  const next = (): Token | undefined | 'wait' => {
    if (pasted !== undefined) return endPaste() ?? 'wait'
    const reading = bytes === '' ? undefined : readToken(bytes)
    if (reading === undefined) return 'wait'
    bytes = bytes.slice(reading.length)
    if (reading.token?.type !== 'key' || reading.token.text !== pasteStart) return reading.token
    pasted = ''
    return undefined
  }

  const readAll = (): readonly Token[] => {
    const tokens: Token[] = []
    for (let token = next(); token !== 'wait'; token = next()) if (token) tokens.push(token)
    if (pasted === undefined && bytes.length > longestSequence) bytes = ''
    return tokens
  }

  const held = (): Held => {
    if (pasted !== undefined) return 'paste'
    if (bytes === '') return 'nothing'
    return perhapsKey.test(bytes) ? 'key' : 'sequence'
  }

  return {
    push(chunk) {
      bytes += Buffer.from(chunk).toString('latin1')
      return readAll()
    },
    get held() {
      return held()
    },
    flush() {
      const what = held()
      const left = bytes
      bytes = ''
      if (what === 'paste') {
        const token = readPaste((pasted ?? '') + left)
        pasted = undefined
        return [token]
      }
      if (what !== 'key') return []
      const character = left.replaceAll('\u001b', '')
      const escapes = left.length - character.length - (character === '' ? 0 : 1)
      const keys = Array.from({ length: escapes }, () => escapeKey)
      return character === '' ? keys : [...keys, altKey(character)]
    },
  }
}
