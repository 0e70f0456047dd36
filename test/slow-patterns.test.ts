import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * A node may write what it likes, and it is read on the one thread that draws the screen. A pattern that may begin anywhere and
 * goes on without end before it fails is tried from each place to the end: 64 KB take seconds.
 */
const root = join(import.meta.dirname, '..')
/** What this user wrote by themselves. */
const own = 'source/nodes/connections/ssh/known-hosts-file.ts'
const files = globSync('source/{nodes,terminal,text}/**/*.ts', { cwd: root }).filter((file) => file !== own)

/** A regular expression as it is written in TypeScript: after what may not stand before a division. */
const literal =
  /(?:^|[(,=:?&|![{;]|=>|return)\s*\/(?![*/ ])((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[dgimsuvy]*(?=[.,;:)\s\]}])/gm

const patternsIn = (text: string): readonly string[] => Array.from(text.matchAll(literal), ([, source = '']) => source)

/** With a letter for each class of characters, and without what may be there or not. */
const simplified = (pattern: string): string =>
  pattern.replaceAll(/(?<!\\)\[(?:[^\]\\]|\\.)*\]/g, 'C').replaceAll(/\((?:C|\\.)\?\)|C\?/g, '')

/** What stands between bars that are in no group. */
const alternatives = (pattern: string): readonly string[] => {
  const parts = ['']
  let depth = 0
  for (const [sign] of pattern.matchAll(/\\.|[^]/g)) {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0
    if (sign === '|' && depth === 0) parts.push('')
    else parts.push(`${parts.pop()}${sign}`)
  }
  return parts
}

/** Something without end at the beginning, and more after it. */
const beginsEndlessly = /^(?:\((?:\?:)?)*(?:\\.|[.\w])(?:[*+]|\{\d+,\})\??\)*(?=[^)*+?])/
/** Anything at all without end, and more after it. */
const goesOnEndlessly = /(?<!\\)\.[*+]\??\)*(?=[^)?])/

const isSlow = (pattern: string): boolean =>
  alternatives(simplified(pattern)).some(
    (part) => !part.startsWith('^') && (beginsEndlessly.test(part) || goesOnEndlessly.test(part.replace(/\$$/, ''))),
  )

describe('a pattern that takes a square of time', () => {
  test.each([
    String.raw`(\d+)m([\d.]+)s`,
    String.raw`(\w+)=(\d+)`,
    String.raw`.*kntop: (x*)`,
    String.raw`\r+$`,
    String.raw`\s*\n\s*`,
    String.raw`^Sorry .+|.+ is not (in|out)`,
    String.raw`\bsudo.*not found`,
    String.raw`map \{ ?(.*?) ?\}`,
    String.raw`[a-z]+=`,
  ])('is told: %s', (pattern) => {
    expect(isSlow(pattern)).toBe(true)
  })

  test.each([
    String.raw`\b(\d+)m([\d.]+)s`,
    String.raw`^(.*): (\d+)$`,
    String.raw`\s+`,
    String.raw`(\s+)`,
    String.raw`from \S+ port (.*)`,
    String.raw`(?<!\r)\r+$`,
    String.raw`a\.*b`,
    String.raw`[.*+?()[\]{}|$#\\^]`,
    String.raw`(\d+)([smhdw]?)`,
    String.raw`\((\w+)\|`,
  ])('is told from one that does not: %s', (pattern) => {
    expect(isSlow(pattern)).toBe(false)
  })

  test('stands nowhere where the words of nodes and terminals are read', () => {
    const found = files.flatMap((file) =>
      patternsIn(readFileSync(join(root, file), 'utf8')).map((pattern) => ({ file, pattern })),
    )
    expect(found.length).toBeGreaterThan(150)
    expect(found.filter(({ pattern }) => isSlow(pattern))).toEqual([])
  })
})
