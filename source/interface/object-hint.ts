import { clean } from '../text/clean.ts'
import type { Segment } from '../text/colour.ts'
import { segment, wrapInto } from './lines.ts'

/**
 * An object's name and what is to be said of it, in at most two lines of `width` cells: what its row may have cut. The second
 * is for whoever draws it to cut.
 */
export const objectHint = (name: string, words: string, width: number): readonly (readonly Segment[])[] => {
  const [first = clean(''), ...others] = wrapInto(clean(`${name} ${words}`), Math.max(10, width - 1), 2)
  const head = first.startsWith(name) ? name : ''
  return [
    [segment(` ${head}`, 'title'), segment(first.slice(head.length))],
    ...others.map((text) => [segment(' '), { text, style: 'plain' as const }]),
  ]
}
