import { segment } from '../../interface/lines.ts'
import { clean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'

const labelWidth = 13

/** A label and its text, wrapped under itself, in lines of at most `width` cells. */
export const paragraph = (
  label: string,
  text: string,
  width: number,
  style: Segment['style'] = 'plain',
): readonly (readonly Segment[])[] =>
  wrap(clean(text), Math.max(10, width - labelWidth)).map((part, index) => [
    segment((index === 0 ? label : '').padEnd(labelWidth), 'dim'),
    { text: part, style },
  ])
