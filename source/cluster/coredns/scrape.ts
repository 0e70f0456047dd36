import { type Clean, clean } from '../../text/clean.ts'
import type { Api } from '../api.ts'
import { textOfBody } from '../body.ts'
import { causeOf, type Failure, failureOfError, failureOfResponse, isUnauthorised, withReason } from '../failure.ts'
import { lackingOf, permissionFor } from '../permissions.ts'
import { type CorednsPage, corednsPage } from './page.ts'
import type { DnsPod } from './pods.ts'

/** What a pod's page gave and when it was read (monotonic seconds), or why not. */
export type Scrape =
  | { readonly page: CorednsPage; readonly at: number }
  | { readonly missing: 'denied' | 'no-data' | 'not-applicable'; readonly advice: Clean }

/** Where CoreDNS serves its metrics: the usual place of its plugin `prometheus`. */
const port = 9153
/** Bytes; a page has some ten thousand. */
const largest = 8 * 1024 * 1024
/** Milliseconds for one page. */
const patience = 5000

const permission = permissionFor('', 'pods/proxy')
/** As it is called wherever a right is missing. */
const { rule } = lackingOf(permission, permission.verbs, permission.namespace)

const pathOf = ({ namespace, name }: DnsPod): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}:${port}/proxy/metrics`

const missing = (missing: Exclude<Scrape, { page: unknown }>['missing'], advice: string): Scrape => ({
  missing,
  advice: clean(advice, 300),
})

const failed = (pod: DnsPod, failure: Failure): Scrape =>
  missing('no-data', `${pod.name} could not be read through the API server: ${causeOf(failure)}`)

/** Reads the metrics of a pod through the API server. Never rejects. */
export const scrapeCoredns = async (api: Api, pod: DnsPod, now: () => number, signal: AbortSignal): Promise<Scrape> => {
  try {
    const response = await api.request({
      path: pathOf(pod),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    })
    if (response.status !== 200) {
      const failure = await failureOfResponse(response)
      if (failure.kind === 'forbidden') return missing('denied', `needs ${rule}: see kntop rbac`)
      // Not a right that is missing: a credential that ran out, and the next request takes a new one.
      return failed(pod, isUnauthorised(failure) ? withReason(failure, api.refused()) : failure)
    }
    const text = await textOfBody(response.body, largest)
    // Its own time: another pod of the round may have taken seconds.
    const at = now() / 1000
    const page = text === undefined ? undefined : corednsPage(text)
    return page === undefined
      ? missing('not-applicable', `what serves the cluster's DNS in ${pod.name} has no metrics of CoreDNS`)
      : { page, at }
  } catch (error) {
    return failed(pod, failureOfError(error, false))
  }
}
