import {
  type Account,
  type LoginEvent,
  type LoginHistory,
  noHistory,
  reduceLogins,
} from '../../../../../../source/nodes/connections/ssh/auth/failures.ts'
import { clean } from '../../../../../../source/text/clean.ts'

export const minute = 60_000
/** Wall time at which a test begins. */
export const start = 1_700_000_000_000
/** An account of karin at this host. */
export const karin = (host: string): Account => ({ host, user: 'karin' })
export const refusal = (
  host: string,
  refused: readonly string[],
  at = start,
  keys = refused,
): Extract<LoginEvent, { readonly type: 'refused' }> => ({
  type: 'refused',
  account: karin(host),
  refused,
  keys,
  cause: clean('server refused 1 key'),
  at,
})
/** What is remembered after these. */
export const after = (...events: readonly LoginEvent[]): LoginHistory => events.reduce(reduceLogins, noHistory)
export const keyless = (host: string, at = start): LoginEvent => ({
  type: 'keyless',
  account: karin(host),
  cause: clean('no key to offer'),
  at,
})
/** All keys that there are. */
export const only = (...keys: readonly string[]) => keys
