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

/** All that a person has to know, to answer: whole, in lines of at most `width` cells. */
export const requestLines = (request: Request, width: number): readonly (readonly Segment[])[] => [
  ...wrap(request.title, width).map((text) => [{ text, style: 'title' as const }]),
  [],
  ...request.lines.flatMap((line) => wrap(line, width).map((text) => [{ text, style: 'plain' as const }])),
  [],
  [segment(howToAnswer[request.answer], 'dim')],
]
