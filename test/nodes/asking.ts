import type { Event } from '../../source/events/event.ts'
import { type Inquiry, inquiryKey, type Report } from '../../source/events/inquiry.ts'
import type { RoutesLook } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { createInquiries } from '../../source/nodes/inquiries.ts'
import type { LookKind } from '../../source/nodes/namespaces/look-kind.ts'
import { clean } from '../../source/text/clean.ts'
import { type FakeChannel, markerOf } from './fake-connection.ts'
import { podOf } from './namespaces/made-node.ts'

export const node = 'worker-1' as NodeName
export const inquiry: Inquiry = { node, place: podOf(), tab: 'routes' }

/** A look that shows the lines of its section `said`, and the seconds since the look before. */
export const kindWith = (more: Partial<LookKind<RoutesLook>> = {}): LookKind<RoutesLook> => ({
  tab: 'routes',
  every: 5,
  limit: 1000,
  cost: 'nothing',
  runs: [],
  script: 'section said; echo hello',
  read: ({ footing, sections }, before) => ({
    tab: 'routes',
    footing,
    lacks: [],
    byHand: [...(sections.get('said') ?? []).map((line) => clean(line)), clean(`${before?.seconds}`)],
    routes: [],
    rules: [],
    neighbours: [],
  }),
  ...more,
})

/** Inquiries, and what they reported of the one inquiry. */
export const asking = (kind: LookKind<RoutesLook> = kindWith(), taken?: () => number) => {
  const reports: Report[] = []
  const emit = (events: readonly Event[]): void => {
    for (const event of events)
      if (event.type === 'report' && event.key === inquiryKey(inquiry)) reports.push(event.report)
  }
  const inquiries = createInquiries({
    emit,
    now: () => Date.now(),
    kindOf: () => kind,
    ...(taken === undefined ? {} : { taken }),
  })
  return { inquiries, reports, last: () => reports.at(-1) }
}

/** The word that begins a section: the third argument of the script. */
const sectionMark = (channel: FakeChannel): string =>
  /^set -- '[^']*' '[^']*' '([^']*)'/m.exec(channel.program.input ?? '')?.[1] ?? ''

export const footing = (pid = 7): string => `\nM footing\n${pid} root\nits cgroup\n123\n`

/** Answers a run; `M` stands for the word that begins a section. `cpu`: seconds that all runs took so far. */
export const answer = (channel: FakeChannel, text: string, status = 0, cpu = 0): void => {
  const marker = markerOf(channel.program)
  const said = text.replaceAll(/^M /gm, `${sectionMark(channel)} `)
  channel.send(`${marker} begin\n${said}\n${marker} end ${status}\n0m0.0s 0m0.0s\n0m${cpu}s 0m0.0s\n${marker} done\n`)
}

export const runs = (channel: FakeChannel): number => channel.written.filter((line) => line === 'k\n').length
