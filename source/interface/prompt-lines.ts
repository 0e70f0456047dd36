import { clean, joinClean } from '../text/clean.ts'
import type { Segment } from '../text/colour.ts'
import { fit, repeat, widthOf } from '../text/width.ts'
import { ending, segment } from './lines.ts'
import type { Model, Prompt } from './model.ts'
import { completionOf } from './prompt.ts'
import type { Size } from './screen.ts'
import type { Theme } from './theme.ts'

type Line = readonly Segment[]

const cursor = segment(' ', 'cursor')

/** Cells for the end of what is typed, where a question is long. */
const leastTyped = 12

const commandLine = (model: Model, text: string, width: number): Line => {
  const rest = completionOf(model, text)?.slice(text.trim().length) ?? ''
  return [
    segment(' :', 'title'),
    { text: ending(clean(text), width - 3), style: 'title' },
    cursor,
    segment(rest, 'dim'),
  ]
}

const filterLine = (text: string, width: number): Line => [
  segment(' /', 'title'),
  { text: ending(clean(text), width - 3), style: 'title' },
  cursor,
]

/** A secret is a symbol for each letter: that a key was taken is all that there is to see. */
const answerLines = (
  { request, text }: Extract<Prompt, { kind: 'answer' }>,
  { columns, rows }: Size,
  theme: Theme,
): readonly Line[] => {
  const shown =
    request.answer === 'secret' ? repeat(theme.glyphs.hidden, Math.min(columns, Array.from(text).length)) : clean(text)
  const question = joinClean([clean(' '), joinClean([request.title, ...request.lines], ' ')])
  if (rows > 1)
    return [
      [{ text: question, style: 'title' }],
      [
        segment(' > ', 'title'),
        { text: ending(shown, columns - 5), style: 'title' },
        cursor,
        segment('  enter sends it, esc leaves it unanswered', 'dim'),
      ],
    ]
  const room = Math.max(0, columns - leastTyped - 2)
  const before = fit(question, Math.min(room, widthOf(question)), 'left', theme.glyphs.ellipsis)
  const left = Math.max(0, columns - widthOf(before) - 2)
  return [[{ text: before, style: 'dim' }, segment(' '), { text: ending(shown, left), style: 'title' }, cursor]]
}

const withdrawnLines = ({ title }: Extract<Prompt, { kind: 'withdrawn' }>): readonly Line[] => [
  [segment(' gone, and what was typed with it: esc goes on', 'warning')],
  [segment(' '), { text: title, style: 'dim' }],
]

/** What is typed just now, in a line or two of at most `size.columns` cells; undefined: nothing is. */
export const promptLines = (model: Model, size: Size, theme: Theme): readonly Line[] | undefined => {
  const { prompt } = model
  if (prompt === undefined) return undefined
  switch (prompt.kind) {
    case 'command':
      return [commandLine(model, prompt.text, size.columns)]
    case 'filter':
      return [filterLine(prompt.text, size.columns)]
    case 'answer':
      return answerLines(prompt, size, theme)
    case 'withdrawn':
      return withdrawnLines(prompt)
  }
}
