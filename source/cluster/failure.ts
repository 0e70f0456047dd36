import { type Clean, clean } from '../text/clean.ts'
import { ApiError, type ApiResponse } from './api.ts'
import { textOfBody } from './body.ts'
import { countOf, fieldsOf, textOf } from './slim/fields.ts'

/**
 * Why a request came to nothing. `gone`: the history that it asks for was forgotten. `busy`: the server wants to be asked
 * later, `after` ms. `unsuited`: the server does not do what was asked in this way. `garbage`: what came is not what an API
 * server sends. `broken`: no answer. `cut`: it ended early. `silent`: it went on no further.
 */
export type Failure =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'busy'; readonly cause: Clean; readonly after: number }
  | {
      readonly kind:
        | 'broken'
        | 'cut'
        | 'silent'
        | 'answered'
        | 'gone'
        | 'unauthorised'
        | 'forbidden'
        | 'absent'
        | 'unsuited'
        | 'garbage'
      readonly cause: Clean
    }

/** The credential was refused. */
export interface Unauthorised {
  readonly kind: 'unauthorised'
  readonly cause: Clean
}

export const isUnauthorised = (result: unknown): result is Unauthorised =>
  typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'unauthorised'

/** A server says of a 401 no more than that it is one: what is wrong with the credentials is known here. */
export const withReason = (refused: Unauthorised, why: Clean): Unauthorised =>
  why === '' ? refused : { ...refused, cause: clean(`${refused.cause}; ${why}`) }

const bodyLimit = 16 * 1024
const causeLimit = 300

/** The kind of failure of a status code. */
const kindOf = (
  code: number,
): Exclude<Failure['kind'], 'stopped' | 'busy' | 'broken' | 'cut' | 'silent' | 'garbage'> => {
  switch (code) {
    case 400:
    case 422:
      return 'unsuited'
    case 401:
      return 'unauthorised'
    case 403:
      return 'forbidden'
    case 404:
      return 'absent'
    case 410:
      return 'gone'
    default:
      return 'answered'
  }
}

/** The failure of a status code. `seconds`: when to come back, as far as the server said. */
export const failureOf = (code: number, message: string, seconds: number): Failure => {
  const cause = clean(message === '' ? `the API server answers ${code}` : `${message} (${code})`, causeLimit)
  const later = Number.isFinite(seconds) && seconds >= 0
  if (code === 429 || (later && code >= 500)) return { kind: 'busy', cause, after: later ? seconds * 1000 : 1000 }
  return { kind: kindOf(code), cause }
}

/** The failure that a `Status` object tells of, as a watch sends it in place of an event. */
export const failureOfStatus = (object: unknown): Failure => {
  const status = fieldsOf(object)
  const seconds = fieldsOf(status['details'])['retryAfterSeconds']
  return failureOf(countOf(status['code']), textOf(status['message']), countOf(seconds) || Number.NaN)
}

/** The failure of an answer that is not 200, with what its body says. Rejects when the connection breaks. */
export const failureOfResponse = async (response: ApiResponse): Promise<Failure> => {
  const body = await textOfBody(response.body, bodyLimit)
  const seconds = Number(response.header('retry-after') ?? Number.NaN)
  return failureOf(response.status, messageIn(body ?? ''), seconds)
}

const messageIn = (body: string): string => {
  try {
    return textOf(fieldsOf(JSON.parse(body))['message'])
  } catch {
    // A proxy's page, or nothing: its status says enough.
    return ''
  }
}

/** The failure of something that was thrown on the way; `begun`: after the answer had begun. */
export const failureOfError = (error: unknown, begun: boolean): Failure => ({
  kind: begun ? 'cut' : 'broken',
  cause:
    error instanceof ApiError ? error.cause : clean(error instanceof Error ? error.message : String(error), causeLimit),
})

export const causeOf = (failure: Failure): Clean => (failure.kind === 'stopped' ? clean('') : failure.cause)
