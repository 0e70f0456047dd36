import type { Report } from '../events/inquiry.ts'

/** What has come of inquiries, by their keys, the one that was told of last at the end. It is replaced, never written. */
export type Reports = ReadonlyMap<string, Report>

/** Reports that are kept: of more than one screen asks, so that going back finds what was seen there. */
const most = 32

/** With a report in place of the one before. One that waits does not take away what was seen before. */
export const withReport = (reports: Reports, key: string, report: Report): Reports => {
  const before = reports.get(key)
  const isSeen = before !== undefined && 'look' in before
  const kept = report.state === 'waiting' && isSeen ? before : report
  const others = [...reports].filter(([other]) => other !== key).slice(-(most - 1))
  return new Map([...others, [key, kept]])
}
