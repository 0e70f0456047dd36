import type { Report } from '../events/inquiry.ts'
import { clean } from '../text/clean.ts'
import { type Known, knownFor } from './known.ts'
import { holdsListing, isDear, isListed, isOutdated, listedKey } from './listings.ts'
import type { Records } from './records.ts'
import { isKnown, type Sources } from './sources.ts'

/** By what a report names addresses, as it was known when the report came: addresses go to others later on. */
interface Then {
  /** Of a listing of a node's table. Not there: nothing is known yet. */
  readonly records?: Records
  /** Of what a tab of a pod shows. Not there: it names nobody, or nothing is known yet. */
  readonly known?: Known
}

/** What has come of an inquiry. */
export type Kept = Report & Then

/** What has come of inquiries, by their keys, the one that was told of last at the end. It is replaced, never written. */
export type Reports = ReadonlyMap<string, Kept>

/** Reports that are kept: of more than one screen asks, so that going back finds what was seen there. */
const most = 32

/**
 * Listings that are kept beside them, of whole tables and of pods' parts: they are dear, and never taken again by themselves. One of
 * a whole table holds on to all records of its time, which at 10,000 pods that come and go are 8 MB: of one node only the newest is
 * kept, and of few nodes.
 */
const mostListings = 8

/** One that tells again of what was seen names it as before. */
const thenOf = (before: Kept | undefined, report: Report): Then => {
  if (before === undefined || !('look' in before && 'look' in report) || before.look !== report.look) return {}
  const { records, known } = before
  return { ...(records === undefined ? {} : { records }), ...(known === undefined ? {} : { known }) }
}

/** With a report in place of the one before. One that waits does not take away what was seen before. */
export const withReport = (reports: Reports, key: string, report: Report): Reports => {
  const before = reports.get(key)
  const isSeen = before !== undefined && 'look' in before
  const kept: Kept = report.state === 'waiting' && isSeen ? before : { ...report, ...thenOf(before, report) }
  const all: [string, Kept][] = [...reports].filter((one) => one[0] !== key && !isOutdated(one, key, kept))
  // What is no listing does not take one away. There is no other of that name.
  if (before !== undefined && holdsListing(before) && !holdsListing(kept)) all.push([listedKey(key), before])
  all.push([key, kept])
  const dear = all.filter(([of, one]) => isDear(of, one))
  const others = all.filter(([of, one]) => !isDear(of, one)).slice(-most)
  const of = (tab: 'flows' | 'conntrack') =>
    dear.filter(([, one]) => 'look' in one && one.look.tab === tab).slice(-mostListings)
  const left = new Set([...of('flows'), ...of('conntrack'), ...others])
  return new Map(all.filter((one) => left.has(one)))
}

const namers = ['nodes', 'pods', 'services'].map((name) => clean(name))

/** Whether it is known who has which address, or that nobody will say. */
const areNamesKnown = ({ byName }: Sources): boolean =>
  namers.every((name) => {
    const status = byName.get(name)
    return status !== undefined && (isKnown(status) || status.state === 'denied' || status.state === 'absent')
  })

/** What is known now, of which the records are taken only where something is to be named. */
export interface Present extends Pick<Known, 'sources' | 'cluster'> {
  records(): Records
}

const withNames = (report: Kept, { records, sources, cluster }: Present): Kept => {
  if (!('look' in report) || report.records !== undefined || report.known !== undefined) return report
  const { look } = report
  if (look.tab === 'flows') return isListed(look) ? { ...report, records: records() } : report
  const known = knownFor(look, () => ({ records: records(), sources, cluster }))
  return known === undefined ? report : { ...report, known }
}

/** Reports hold on to what was known as they came, or as soon as anything is; the same map where all do. */
export const named = (reports: Reports, present: Present): Reports => {
  if (!areNamesKnown(present.sources)) return reports
  const all = [...reports].map(([key, report]) => [key, withNames(report, present)] as const)
  return all.some(([key, report]) => report !== reports.get(key)) ? new Map(all) : reports
}
