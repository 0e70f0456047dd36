import type { Report } from '../events/inquiry.ts'
import type { Look } from '../events/looks.ts'

/** Whether a look holds a listing of tracked connections, be it of a whole table or of a pod's part. */
export const isListed = (look: Look): boolean =>
  look.tab === 'flows'
    ? look.listed !== undefined
    : look.tab === 'conntrack' && (look.flows !== undefined || look.own?.flows !== undefined)

export const holdsListing = <Told extends Report>(report: Told): report is Extract<Told, { look: Look }> =>
  'look' in report && isListed(report.look)

const behind = / consent \S+$| listed$/

/** What a listing is of, whether or not somebody said yes to it, and something else came after it. */
const tableOf = (key: string): string => key.replace(/( consent \S+)?( listed)?$/, '')

/** The name of a listing after which something else came that is none: a question, or that it cannot be taken again now. */
export const listedKey = (key: string): string => `${key} listed`

/** Whether it is dear, and never taken again by itself. A pod's part of a small table is listed every few seconds. */
export const isDear = (key: string, report: Report): boolean =>
  holdsListing(report) && (report.look.tab === 'flows' || behind.test(key))

/** Whether one of two is another listing of the same table, and not a newer one. */
export const isOutdated = ([other, one]: readonly [string, Report], key: string, kept: Report): boolean =>
  holdsListing(kept) && holdsListing(one) && tableOf(other) === tableOf(key) && one.at <= kept.at
