import { labelled, segment } from '../../interface/lines.ts'
import type { Segment } from '../../text/colour.ts'

const labelWidth = 13

/** A label and its text, wrapped under itself, in lines of at most `width` cells. */
export const paragraph = (
  label: string,
  text: string,
  width: number,
  style: Segment['style'] = 'plain',
): readonly (readonly Segment[])[] => labelled(segment(label, 'dim'), labelWidth, text, width, style)
