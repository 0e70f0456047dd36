import type { Segment } from '../text/colour.ts'
import { lineText } from '../text/colour.ts'
import { widthOf } from '../text/width.ts'
import { segment } from './lines.ts'
import type { Theme } from './theme.ts'

const lineOf = (names: readonly string[], before: readonly Segment[]): readonly Segment[] => [
  ...before,
  ...names.flatMap((name, index) => [segment(' '), segment(`<${name}>`, index === names.length - 1 ? 'title' : 'dim')]),
]

/**
 * The screens that are open, the current one last. Where `width` cells are too few the oldest go, and an ellipsis stands for
 * them: where one is matters more than where one came from. The current one stays, however narrow it is.
 */
export const crumbLine = (names: readonly string[], width: number, theme: Theme): readonly Segment[] => {
  for (let from = 0; from < names.length; from++) {
    const before = from === 0 ? [] : [segment(' '), { text: theme.glyphs.ellipsis, style: 'dim' as const }]
    const line = lineOf(names.slice(from), before)
    if (widthOf(lineText(line)) <= width) return line
  }
  return lineOf(names.slice(-1), [])
}
