import type { Settings } from '../../config/settings.ts'
import { inquiryKey } from '../../events/inquiry.ts'
import type { TabName } from '../../events/looks.ts'
import { exitCodes } from '../../export/fail-on.ts'
import type { PodFormat } from '../../export/format.ts'
import { type PodAnswer, type PodReport, podJson } from '../../export/pod.ts'
import { waits } from '../../export/waits.ts'
import { type Resource, statusOf } from '../../interface/cluster/sources.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { follow, type Watching } from '../follow.ts'
import { interruptCode } from '../interrupts.ts'
import { print, type TextStream } from '../output.ts'
import { answerOf, askedOf, waitWords } from './answers.ts'
import type { ChosenTabs } from './chosen-tabs.ts'
import { type Stage, type Subject, stageOf } from './subject.ts'
import { podTable } from './table.ts'

/** What is to be looked at, and how it is printed. */
export interface PodRequest {
  readonly subject: Subject
  readonly tabs: ChosenTabs
  readonly output: PodFormat
  /** Seconds; undefined: as is usual. */
  readonly wait: number | undefined
  /** Whose rules are meant, `NAMESPACE/NAME` as typed; undefined: the first that chooses the pod. */
  readonly service: Clean | undefined
}

type Outcome =
  | { readonly state: 'failed'; readonly cause: string }
  | { readonly state: 'reported'; readonly stage: Extract<Stage, { state: 'found' }>; readonly report: PodReport }

/** Whose addresses are named in a table. */
const naming = ['pods', 'services', 'nodes'] as const

/** What says which services choose a pod. */
const choosing = ['services', 'endpointslices'] as const

/** Whether all of it has been told, or cannot be. */
const isTold = (snapshot: Snapshot, resources: readonly Resource[]): boolean =>
  snapshot.cluster === undefined ||
  resources.every((resource) => {
    const status = statusOf(snapshot, resource)
    return status !== undefined && (status.state !== 'starting' || status.cause !== '')
  })

const reportOf = (
  stage: Extract<Stage, { state: 'found' }>,
  { taken, left }: ChosenTabs,
  answerTo: (tab: PodReport['tabs'][number]['tab']) => PodAnswer,
): PodReport => ({
  pod: stage.target.kind === 'pod' ? stage.target.record : undefined,
  node: stage.node,
  tabs: [
    ...taken.map((tab) => ({ tab, answer: answerTo(tab) })),
    ...left.map(({ tab, cause }) => ({ tab, answer: { missing: 'not-asked', cause } as const })),
  ],
})

/** Asks for what is wanted as soon as it may be, and says what has come of it; undefined: there is more to wait for. */
const createPursuit = ({ feed }: Watching, { subject, tabs, output, service }: PodRequest, agreedAt: number) => {
  let asked = ''
  const consent = tabs.isAgreed ? agreedAt : undefined

  /** `late`: how long it was waited for, in words, where nobody waits any longer. */
  return (snapshot: Snapshot, late?: string): Outcome | undefined => {
    const stage = stageOf(snapshot, subject)
    if (stage.state === 'failed') return stage
    if (stage.state === 'waits')
      return late === undefined ? undefined : { state: 'failed', cause: `${stage.what} ${late}` }
    const { target, node, trouble } = stage
    if (trouble !== undefined || node === undefined) {
      const cause = trouble ?? 'it is on no node'
      return { state: 'reported', stage, report: reportOf(stage, tabs, () => ({ missing: 'no-data', cause })) }
    }
    const said = { consent, wanted: agreedAt, service }
    const wanted = askedOf(snapshot, target, { node, tabs: tabs.taken, said })
    const isPremature = !isTold(snapshot, choosing)
    const inquiries = wanted.flatMap(({ inquiry }) => (typeof inquiry === 'string' ? [] : [inquiry]))
    const keys = inquiries.map(inquiryKey).join('\n')
    if (keys !== asked) feed.inquire(inquiries)
    asked = keys
    const answers = new Map(
      wanted.map(({ tab, inquiry }): [TabName, PodAnswer | undefined] => [
        tab,
        typeof inquiry !== 'string'
          ? answerOf(snapshot, inquiry)
          : isPremature
            ? undefined
            : { missing: 'no-data', cause: inquiry },
      ]),
    )
    const isWhole =
      [...answers.values()].every((answer) => answer !== undefined) && (output === 'json' || isTold(snapshot, naming))
    if (!isWhole && late === undefined) return undefined
    const cause = waitWords(snapshot, node, late ?? '')
    return {
      state: 'reported',
      stage,
      report: reportOf(stage, tabs, (tab) => answers.get(tab) ?? { missing: 'no-data', cause }),
    }
  }
}

const say = (text: string): void => void process.stderr.write(`kntop: ${clean(text, 2000)}\n`)

/** Prints what was found out; gives back the exit code: something was seen, or nothing. */
const tell = async (
  snapshot: Snapshot,
  outcome: Outcome,
  output: PodFormat,
  stdout: TextStream & { readonly columns?: number },
  interrupted: AbortSignal,
): Promise<number> => {
  if (outcome.state === 'failed') {
    say(outcome.cause)
    return exitCodes.nothing
  }
  const { stage, report } = outcome
  const text =
    output === 'json' ? `${podJson(snapshot, report)}\n` : podTable(snapshot, stage.target, report, stdout.columns)
  await print(text, stdout, interrupted)
  if (interrupted.aborted) return interruptCode(interrupted)
  if (report.tabs.some(({ answer }) => 'look' in answer)) return exitCodes.fine
  const causes = new Set(
    report.tabs.flatMap(({ answer }) => ('missing' in answer && answer.missing !== 'not-asked' ? [answer.cause] : [])),
  )
  for (const cause of causes.size > 0
    ? causes
    : report.tabs.flatMap(({ answer }) => ('cause' in answer ? [answer.cause] : [])))
    say(cause)
  return exitCodes.nothing
}

/**
 * Looks once at the network namespace of a pod or a host, prints as soon as every tab has answered or cannot, and ends all
 * that it started. Gives back the exit code.
 */
export const lookIntoPod = async (
  watching: Watching,
  settings: Pick<Settings, 'historyMemory' | 'thresholds'>,
  request: PodRequest,
  stdout: TextStream & { readonly columns?: number },
  interrupted: AbortSignal,
): Promise<number> => {
  const wait = request.wait ?? (request.tabs.isCostly ? waits.costly : waits.pod)
  const known = Promise.withResolvers<Outcome>()
  const pursue = createPursuit(watching, request, performance.now())
  let isDue = false
  const following = follow(watching, settings, interrupted, (_, { store }) => {
    if (isDue) return
    isDue = true
    // Not within what is told: to ask something may itself tell something.
    queueMicrotask(() => {
      isDue = false
      const outcome = pursue(store.snapshot())
      if (outcome !== undefined) known.resolve(outcome)
    })
  })
  let outcome: Outcome | undefined
  let snapshot = following.store.snapshot()
  try {
    outcome = await following.waitFor(known.promise, wait * 1000)
    snapshot = following.store.snapshot()
    outcome ??= pursue(snapshot, `within ${wait} s`)
  } catch (error) {
    if (interrupted.aborted) return interruptCode(interrupted)
    throw error
  } finally {
    await following.end()
  }
  return outcome === undefined ? exitCodes.nothing : tell(snapshot, outcome, request.output, stdout, interrupted)
}
