import type { Answer, Request } from '../../events/request.ts'
import { type Effect, said } from '../../interface/screen.ts'

export const gone = 'this question is gone: it was answered, or nobody needs it any more'

/** Whether a key answers it, and nothing is typed. */
export const isDecided = ({ answer }: Request): boolean => answer === 'yes-no' || answer === 'yes-no-always'

/** Hands on what was decided, and says so. */
export const answered = (request: Request, answer: Exclude<Answer, { said: 'text' }>): readonly Effect[] => [
  { type: 'answer', id: request.id, answer },
  said(`said ${answer.said}: ${request.title}`),
]
