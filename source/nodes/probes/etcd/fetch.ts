import type { Missing } from '../../../events/origin.ts'
import type { Histogram } from '../../../metrics/histogram.ts'
import { killed } from '../../limited.ts'
import type { Script } from '../../probe.ts'
import { beginnings, type Getter, patience, plainRequests } from '../http.ts'
import { histogramFrom } from './parse.ts'

/** What etcd calls the time of an fdatasync of its write-ahead log, in seconds. */
export const family = 'etcd_disk_wal_fsync_duration_seconds'

/** Where kubeadm, k3s and RKE2 let etcd serve its metrics: on loopback, without credentials. */
export const usualUrl = 'http://127.0.0.1:2381/metrics'

/** An http or https URL without credentials, which would stand in the node's process list; else undefined. */
const metricsUrl = (text: string): URL | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const usable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return usable ? url : undefined
}

/** The URLs to ask, those that a person named first; one that is not a plain http or https URL is left out. */
export const urlsToAsk = (named: readonly string[]): readonly string[] => [
  ...new Set([...named.flatMap((text) => metricsUrl(text)?.href ?? []), usualUrl]),
]

const getters = {
  curl: `${beginnings.curl} --noproxy '*' --proto =http,https "$url"`,
  wget: `${beginnings.wget} "$url"`,
} as const satisfies Readonly<Record<Getter, string>>

/**
 * Asks each URL in turn until one answers with the family, and passes on only that: of 147 KB, under 2 KB cross the wire.
 * Every fork counts (18 ms of CPU a run, most of it the start of programs), so the shell limits memory by itself.
 */
export const fetchScript = (getter: Getter, urls: readonly string[]): Script => ({
  text: `${plainRequests}
exec 3>&1
n=0
for url do
n=$((n+1)); echo "url $n"
{ ${getters[getter]}; echo "ended $?" >&3; } 2>/dev/null | grep ^${family} && break
done
:`,
  args: urls,
  shown: urls.map((url) => `${getters[getter].replace('"$url"', url)} | grep ^${family}`).join('; '),
})

/** What the script found: a histogram and the URL it came from, or why there is none. */
export type Answer =
  | { readonly histogram: Histogram; readonly url: string }
  | { readonly missing: Missing; readonly advice: string }

const slow = `did not answer within ${patience} s`

// Exit statuses of curl, then of GNU wget; busybox wget ends with 1 whatever happened.
const reasons: Readonly<Record<Getter, Readonly<Record<string, string>>>> = {
  curl: {
    '22': 'answers with an HTTP error',
    '28': slow,
    '35': 'wants another TLS',
    '56': 'wants a client certificate, or broke off',
    '60': 'has a certificate that this node does not trust',
  },
  wget: {
    '5': 'has a certificate that this node does not trust',
    '8': 'answers with an HTTP error',
    [killed]: slow,
  },
}
const refused: Readonly<Record<Getter, readonly string[]>> = { curl: ['7'], wget: ['1', '4'] }

const nobody = 'no etcd listens here: name its metrics URL (--etcd-metrics), or measure the disk with --with disk-probe'

/** Reads what {@link fetchScript} printed. The URLs are those it was given. */
export const answerOf = (text: string, getter: Getter, urls: readonly string[]): Answer => {
  let failure: string | undefined
  for (const part of text.split(/^url /m).slice(1)) {
    const lines = part.split('\n')
    const url = urls[Number(lines[0]) - 1]
    if (url === undefined) continue
    const histogram = histogramFrom(lines, family)
    if (histogram !== undefined) return { histogram, url }
    const status = lines.findLast((line) => line.startsWith('ended '))?.slice(6) ?? ''
    if (refused[getter].includes(status)) continue
    const reason = status === '0' ? 'is not etcd' : reasons[getter][status]
    failure ??= `${url} ${reason ?? `could not be read (${getter} ended with ${status})`}`
  }
  if (failure === undefined) return { missing: 'not-applicable', advice: nobody }
  return { missing: 'no-data', advice: `${failure}: try the URL on the node, or name another (--etcd-metrics)` }
}
