/* oxlint-disable no-control-regex -- control sequences are what this file reads */

/** A mouse report. `x` and `y` count cells from 0. `wheel` is the direction of a `wheel` action. */
export type Mouse = {
  readonly action: 'press' | 'release' | 'move' | 'wheel'
  readonly button: 'left' | 'middle' | 'right' | 'none'
  readonly wheel?: 'up' | 'down' | 'left' | 'right'
  readonly x: number
  readonly y: number
  readonly shift: boolean
  readonly meta: boolean
  readonly ctrl: boolean
}

/** One thing the terminal sent. `key` and `paste` hold text, `reply` the terminal's answer to a question. */
export type Token =
  | { readonly type: 'key'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'mouse'; readonly mouse: Mouse }
  | { readonly type: 'focus'; readonly isFocused: boolean }
  | { readonly type: 'reply'; readonly text: string }

/** The first token of some input, and the bytes it takes. No token: these bytes mean nothing. */
export type Reading = { readonly token: Token | undefined; readonly length: number }

const buttons = ['left', 'middle', 'right', 'none'] as const
const wheels = ['up', 'down', 'left', 'right'] as const

// The bits of a button code are those of xterm's "Mouse Tracking".
const readMouse = (code: number, x: number, y: number, isRelease: boolean): Mouse => ({
  action: code & 64 ? 'wheel' : code & 32 ? 'move' : isRelease ? 'release' : 'press',
  button: code & 64 ? 'none' : (buttons[code & 3] ?? 'none'),
  ...(code & 64 ? { wheel: wheels[code & 3] ?? 'up' } : {}),
  x,
  y,
  shift: (code & 4) !== 0,
  meta: (code & 8) !== 0,
  ctrl: (code & 16) !== 0,
})

const sgrMouse = /^\u001b\[<(\d+);(\d+);(\d+)([Mm])$/
// What only a terminal says: private answers (but CSI ? u, which Ink asks for), device status, modes, window sizes, and
// a cursor position. `1;2R` to `1;16R` is F3 with a modifier: a position there nobody asks for.
const answer = /^\u001b\[(?:[?>=][^]*[^u]|[\d;]+(?:[nt]|\$y)|(?!1;(?:[2-9]|1[0-6])R)\d+;\d+R)$/

const readControl = (sequence: string): Token | undefined => {
  const [, code, x, y, final] = sgrMouse.exec(sequence) ?? []
  if (code !== undefined)
    return { type: 'mouse', mouse: readMouse(Number(code), Number(x) - 1, Number(y) - 1, final === 'm') }
  if (sequence.startsWith('\u001b[<')) return undefined
  if (sequence === '\u001b[I' || sequence === '\u001b[O') return { type: 'focus', isFocused: sequence.endsWith('I') }
  return answer.test(sequence) ? { type: 'reply', text: sequence } : { type: 'key', text: sequence }
}

// A sequence is complete, or it goes on beyond what has arrived, or it is none. In the Linux console ESC [ [ is followed
// by one letter; rxvt ends shifted keys in $. The string of an OSC begins with its number, that of a DCS with one of
// `0-9>!`: other characters there come from a hand on the alt key.
const wholeControl = /^\u001b{1,2}(?:\[(?:\[\d*[A-Za-z~]|[235678]\$|[0-?]*[ -/]*[@-Z\\-~])|O[\d;]*[@-~])/
const partControl = /^\u001b{1,2}(?:\[(?:\[?\d*|[0-?]*[ -/]*)|O[\d;]*)?$/
const wholeString = /^\u001b(?:\]\d|P[\d>!])[^\u001b\u0007]*(?:\u0007|\u001b\\)/
const brokenString = /^\u001b(?:\]\d|P[\d>!])[^\u001b\u0007]*/
const partString = /^\u001b(?:\]|P)(?:$|(?:(?<=\])\d|(?<=P)[\d>!])[^\u001b\u0007]*\u001b?$)/

const lengthOfCharacter = (lead: number): number =>
  lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1

/** One UTF-8 character; a byte that is none of UTF-8 is U+FFFD. */
const readCharacter = (bytes: string, at: number): Reading | undefined => {
  const length = lengthOfCharacter(bytes.charCodeAt(at))
  const character = bytes.slice(at, at + length)
  // A character ends early where something else begins.
  const taken = /^[^][\u0080-\u00bf]*/.exec(character)?.[0].length ?? 0
  if (taken === character.length && taken < length) return undefined
  const text = Buffer.from(character.slice(0, taken), 'latin1').toString()
  return { token: { type: 'key', text: bytes.slice(0, at) + text }, length: at + taken }
}

/**
 * Reads the first token of some input, one character for each byte. Undefined: more has to arrive to tell. A bracketed
 * paste is not read here; its mark is a key.
 */
export const readToken = (bytes: string): Reading | undefined => {
  if (bytes[0] !== '\u001b') return readCharacter(bytes, 0)
  if (bytes.startsWith('\u001b[M')) {
    if (bytes.length < 6) return undefined
    const [code = 0, x = 0, y = 0] = [3, 4, 5].map((at) => bytes.charCodeAt(at) - 32)
    return { token: { type: 'mouse', mouse: readMouse(code, x - 1, y - 1, (code & 3) === 3) }, length: 6 }
  }
  const whole = wholeControl.exec(bytes)?.[0]
  if (whole !== undefined) return { token: readControl(whole), length: whole.length }
  const string = wholeString.exec(bytes)?.[0]
  if (string !== undefined) return { token: { type: 'reply', text: string }, length: string.length }
  if (partControl.test(bytes) || partString.test(bytes)) return undefined
  const broken = brokenString.exec(bytes)?.[0]
  if (broken !== undefined) return { token: undefined, length: broken.length }
  // An escape that begins nothing is a key by itself if another one follows; otherwise it is alt with the next key.
  const [, second = ''] = bytes
  if (second === '\u001b') return { token: escapeKey, length: 1 }
  return '[O'.includes(second) ? { token: altKey(second), length: 2 } : readCharacter(bytes, 1)
}

/**
 * The escape key and alt with a key, in the form of the kitty keyboard protocol, which Ink always understands. An escape
 * byte by itself would make Ink wait for more, and take the next key for alt with that key.
 */
export const escapeKey: Token = { type: 'key', text: '\u001b[27u' }
export const altKey = (character: string): Token => ({ type: 'key', text: `\u001b[${character.codePointAt(0)};3u` })
