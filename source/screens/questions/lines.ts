import type { Request } from '../../events/request.ts'
import { segment } from '../../interface/lines.ts'
import type { Segment } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'

/** Which keys answer a question. */
export const howToAnswer: Readonly<Record<Request['answer'], string>> = {
  'yes-no': 'y says yes, n says no',
  'yes-no-always': 'y says yes for now, a says yes always, n says no',
  secret: 'enter opens a line for the answer, which is not shown; n declines',
  text: 'enter opens a line for the answer; n declines',
}

const inTheLine = 'in the line for the answer enter sends, esc leaves it'

/** The same, for what stands beside a line for the answer, open or not: there letters are no keys. */
const beside: typeof howToAnswer = { ...howToAnswer, secret: inTheLine, text: inTheLine }

/** All that a person has to know, to answer: whole, in lines of at most `width` cells. `how`: what the keys do where it stands. */
export const requestLines = (
  request: Request,
  width: number,
  how: string = beside[request.answer],
): readonly (readonly Segment[])[] => [
  ...wrap(request.title, width).map((text) => [{ text, style: 'title' as const }]),
  [],
  ...request.lines.flatMap((line) => wrap(line, width).map((text) => [{ text, style: 'plain' as const }])),
  [],
  [segment(how, 'dim')],
]
