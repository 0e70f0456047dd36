import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'

describe('an output in sections', () => {
  test('is parted whatever is in them, with or without an end of their last line', () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/)
    const lines = fc.array(
      fc.string({ maxLength: 20 }).filter((line) => !/^marker /.test(line) && !line.includes('\n')),
    )
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(word, lines), { selector: ([name]) => name }),
        fc.boolean(),
        (parts, ends) => {
          const text = parts.map(
            ([name, said]) => `\nmarker ${name}\n${said.join('\n')}${ends && said.length > 0 ? '\n' : ''}`,
          )
          const sections = sectionsOf(`Welcome!${text.join('')}`, 'marker')
          expect([...sections.keys()]).toEqual(parts.map(([name]) => name))
          for (const [name, said] of parts) {
            const found = sections.get(name) ?? []
            // Empty lines at the end are the same as none.
            expect(found.join('\n').replace(/\n*$/, '')).toBe(said.join('\n').replace(/\n*$/, ''))
          }
        },
      ),
    )
  })

  test('has what came under one name twice together', () => {
    expect(sectionsOf('\nm a\n1\n\nm b\n2\n\nm a\n3\n', 'm').get('a')).toEqual(['1', '3'])
  })

  test('has none by the word of another program', () => {
    expect(sectionsOf('\nm a\nn b\nma b\n', 'm').get('a')).toEqual(['n b', 'ma b'])
  })
})
