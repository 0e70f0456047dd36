import { type Clean, clean } from '../../text/clean.ts'
import { type Api, ApiError } from '../api.ts'
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

const pathOf = ({ namespace, name }: DnsPod): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}:${port}/proxy/metrics`

const bodyOf = async (body: AsyncIterable<Uint8Array>): Promise<string | undefined> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > largest) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const missing = (missing: Exclude<Scrape, { page: unknown }>['missing'], advice: string): Scrape => ({
  missing,
  advice: clean(advice, 300),
})

/** Reads the metrics of a pod through the API server. Never rejects. */
export const scrapeCoredns = async (api: Api, pod: DnsPod, now: () => number, signal: AbortSignal): Promise<Scrape> => {
  try {
    const { status, body } = await api.request({
      path: pathOf(pod),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    })
    const text = await bodyOf(body)
    // Its own time: another pod of the round may have taken seconds.
    const at = now() / 1000
    if (status === 401) api.refused()
    if (status === 401 || status === 403)
      return missing('denied', 'needs get pods/proxy in kube-system: see kntop rbac')
    if (status !== 200) return missing('no-data', `${pod.name} could not be read through the API server (${status})`)
    const page = text === undefined ? undefined : corednsPage(text)
    return page === undefined
      ? missing('not-applicable', `what serves the cluster's DNS in ${pod.name} has no metrics of CoreDNS`)
      : { page, at }
  } catch (error) {
    const why = error instanceof ApiError ? error.cause : error instanceof Error ? error.message : String(error)
    return missing('no-data', `${pod.name} could not be read through the API server: ${why}`)
  }
}
