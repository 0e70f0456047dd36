import type { Request } from '../events/request.ts'

/** Questions that wait for a person, by id, in the order in which they came. It is replaced, never written. */
export type Requests = ReadonlyMap<string, Request>

const isSame = (one: Request, other: Request): boolean =>
  one.kind === other.kind &&
  one.title === other.title &&
  one.answer === other.answer &&
  one.lines.length === other.lines.length &&
  one.lines.every((line, index) => line === other.lines[index])

/**
 * With a question that came, or that changed in its place. One that says the same again stays the very object that it was:
 * whoever answers must be able to tell whether it is still the one that was read.
 */
export const withRequest = (requests: Requests, request: Request): Requests => {
  const known = requests.get(request.id)
  return known !== undefined && isSame(known, request) ? requests : new Map(requests).set(request.id, request)
}

export const withoutRequest = (requests: Requests, id: string): Requests =>
  requests.has(id) ? new Map([...requests].filter(([other]) => other !== id)) : requests
