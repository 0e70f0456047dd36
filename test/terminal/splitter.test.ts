import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Token } from '../../source/terminal/read-token.ts'
import { createSplitter } from '../../source/terminal/splitter.ts'

/** What comes out of some reads, and then of silence. */
const tokensOf = (...reads: readonly (string | Uint8Array)[]): readonly Token[] => {
  const splitter = createSplitter()
  return [...reads.flatMap((read) => splitter.push(Buffer.from(read as string))), ...splitter.flush()]
}

const keysOf = (...reads: readonly string[]): readonly string[] =>
  tokensOf(...reads).map((token) => (token.type === 'key' ? token.text : token.type))

describe('keys', () => {
  test('come one at a time, however many one read holds', () => {
    expect(keysOf('jjé漢\r\u0003')).toEqual(['j', 'j', 'é', '漢', '\r', '\u0003'])
    expect(keysOf('\u001b[A\u001b[1;5Cq')).toEqual(['\u001b[A', '\u001b[1;5C', 'q'])
    expect(keysOf('\u001bOP\u001b[15~\u001b[[A\u001b[2$\u001b[c')).toEqual([
      '\u001bOP',
      '\u001b[15~',
      '\u001b[[A',
      '\u001b[2$',
      '\u001b[c',
    ])
  })

  test('alt goes with the key behind it', () => {
    expect(keysOf('\u001bx\u001bé\u001b\u001b[A')).toEqual(['\u001bx', '\u001bé', '\u001b\u001b[A'])
  })

  test('an escape by itself is the escape key after a silence', () => {
    expect(keysOf('\u001b')).toEqual(['\u001b[27u'])
    expect(keysOf('\u001b\u001b')).toEqual(['\u001b[27u', '\u001b[27u'])
    expect(keysOf('\u001b\u001bx')).toEqual(['\u001b[27u', '\u001bx'])
    expect(keysOf('\u001b[')).toEqual(['\u001b[91;3u'])
    expect(keysOf('\u001bO')).toEqual(['\u001b[79;3u'])
  })

  test('F3 with a modifier is a key, another cursor position is not', () => {
    expect(keysOf('\u001b[1;5R')).toEqual(['\u001b[1;5R'])
    expect(keysOf('\u001b[24;80R')).toEqual(['reply'])
  })

  test('what is no UTF-8 becomes visible and spoils nothing behind it', () => {
    expect(tokensOf(Buffer.from([0xff, 0x6a, 0xc3, 0x6b]))).toEqual([
      { type: 'key', text: '\ufffd' },
      { type: 'key', text: 'j' },
      { type: 'key', text: '\ufffd' },
      { type: 'key', text: 'k' },
    ])
  })
})

describe('what a terminal sends by itself', () => {
  test('mouse reports carry button, place and modifiers', () => {
    expect(tokensOf('\u001b[<0;12;3M\u001b[<0;12;3m')).toEqual([
      {
        type: 'mouse',
        mouse: { action: 'press', button: 'left', x: 11, y: 2, shift: false, meta: false, ctrl: false },
      },
      {
        type: 'mouse',
        mouse: { action: 'release', button: 'left', x: 11, y: 2, shift: false, meta: false, ctrl: false },
      },
    ])
    expect(tokensOf('\u001b[<69;1;1M')).toMatchObject([{ mouse: { action: 'wheel', wheel: 'down', shift: true } }])
    expect(tokensOf('\u001b[<34;1;1M')).toMatchObject([{ mouse: { action: 'move', button: 'right' } }])
  })

  test('the old form of mouse reports is taken out too, bytes beyond ASCII and all', () => {
    const report = Buffer.from([0x1b, 0x5b, 0x4d, 0x20, 0xc8, 0x23])
    expect(tokensOf(report, 'j')).toEqual([
      {
        type: 'mouse',
        mouse: { action: 'press', button: 'left', x: 167, y: 2, shift: false, meta: false, ctrl: false },
      },
      { type: 'key', text: 'j' },
    ])
  })

  test('focus and answers are no keys', () => {
    expect(tokensOf('\u001b[I\u001b[O')).toEqual([
      { type: 'focus', isFocused: true },
      { type: 'focus', isFocused: false },
    ])
    const answers = [
      '\u001b[?62;4c',
      '\u001b[0n',
      '\u001b[?2026;2$y',
      '\u001b]11;rgb:0/0/0\u001b\\',
      '\u001bP>|x 1\u001b\\',
    ]
    expect(tokensOf(answers.join(''))).toEqual(answers.map((text) => ({ type: 'reply', text })))
    expect(keysOf('\u001b[?1u')).toEqual(['\u001b[?1u'])
  })

  test('the beginning of one is dropped rather than typed', () => {
    for (const part of ['\u001b[<0;1', '\u001b[1;', '\u001b[M!', '\u001b]11;rgb:', '\u001bP>|x'])
      expect(tokensOf(part)).toEqual([])
    expect(tokensOf('\u001b]11;rgb:ff\u001b[A')).toEqual([{ type: 'key', text: '\u001b[A' }])
  })
})

describe('pasted text', () => {
  test('is one piece, without control characters but its line ends', () => {
    expect(tokensOf('\u001b[200~kubectl\tget\r\npods\u0007\u001b[A\n\u001b[201~q')).toEqual([
      { type: 'paste', text: 'kubectl get\npods\ufffd\ufffd[A' },
      { type: 'key', text: 'q' },
    ])
  })

  test('presses no key when it is endless or its end is lost', () => {
    expect(tokensOf(`\u001b[200~${'q'.repeat(100_000)}\u001b[201~j`)).toEqual([
      { type: 'paste', text: expect.stringMatching(/^q{4095}…$/) },
      { type: 'key', text: 'j' },
    ])
    expect(tokensOf('\u001b[200~delete\u001b[20')).toEqual([{ type: 'paste', text: 'delete\ufffd[20' }])
  })
})

describe('splitting by the network', () => {
  const piece = fc.constantFrom(
    'j',
    'é',
    '😀',
    '\u001b',
    '\u001b\u001b',
    '\u001b[A',
    '\u001bOA',
    '\u001b\u001b[A',
    '\u001b[1;5R',
    '\u001b[[B',
    '\u001b[7$',
    '\u001bx',
    '\u001b[',
    '\u001b]',
    '\u001b[<64;10;20M',
    '\u001b[<0;10;2',
    '\u001b[I',
    '\u001b[?1;2c',
    '\u001b]52;c;YQ==\u0007',
    '\u001bP1$r0m\u001b\\',
    '\u001b[200~a\nb\u001b[201~',
    '\u001b[200~',
  )

  test('changes no key, wherever it happens', () => {
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc
        .string({
          unit: fc.constantFrom(...Array.from('\u001b\u001b\u001b[[O]PM<?>!01235;$~uRcI\\\u0007a')),
          maxLength: 30,
        })
        .map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array)),
    )
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60), { maxLength: 6 }), (all, cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b).map((cut) => Math.min(cut, all.length)), all.length]
        const reads = places.slice(1).map((to, index) => all.subarray(places[index], to))
        expect(tokensOf(...reads)).toEqual(tokensOf(all))
      }),
      { numRuns: 2000 },
    )
  })

  test('no text is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀') }), (text) => {
        expect(keysOf(text).join('')).toBe(text)
      }),
    )
  })
})
