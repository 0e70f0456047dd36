import type { Event } from '../events/event.ts'
import { type Inquiry, inquiryKey, type Report } from '../events/inquiry.ts'
import type { Look } from '../events/looks.ts'
import { type Clean, clean } from '../text/clean.ts'
import { briefly } from './briefly.ts'
import { type Meter, metered, restarted, unused } from './command-meter.ts'
import { type CommandRunner, openCommand } from './command-runner.ts'
import type { Connection } from './connections/connection.ts'
import { paceOf } from './look-pace.ts'
import { lookScript } from './namespaces/find-script.ts'
import { footingOf } from './namespaces/footing.ts'
import { type Blind, isBlind, type LookKind } from './namespaces/look-kind.ts'
import { lookOf } from './namespaces/looks.ts'
import { sectionsOf } from './namespaces/sections.ts'
import { type LookSudo, lookGate } from './privilege/look-gate.ts'

/** What is asked of one node, over one connection after another. */
export interface Inquiries {
  /** What is to be answered from now on, and nothing else. */
  ask(inquiries: readonly Inquiry[]): void
  /** Looks again at once, whatever the period. */
  again(): void
  /** The connection to ask over; undefined: there is none now, and why. */
  over(connection: Connection | undefined, cause: Clean): void
}

export interface InquiriesOptions {
  readonly emit: (events: readonly Event[]) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** What may run as root through sudo, and what it has answered on this node; not there: nothing may. */
  readonly sudo?: LookSudo
  readonly kindOf?: (tab: Inquiry['tab']) => LookKind | undefined
  /** Share of a core, in percent, that kntop takes on this node beside the looks; not there: none. */
  readonly taken?: () => number
}

/** Seconds until a look that found nothing, or failed, is tried again; after further failures twice as long each, up to the longest. */
const [patience, longestPatience] = [5, 60]

const left = clean('it was left before it was answered, and a yes is good for one look: r asks again')

/** One inquiry while it is asked. */
interface Asked {
  look(): void
  over(connection: Connection | undefined, cause: Clean): void
  close(): void
  /** Of a core, in percent, as it is looked at now. */
  share(): number
}

/** A look, held ready on the node. */
interface Ready {
  readonly runner: CommandRunner
  readonly marker: string
}

interface Last {
  readonly look: Look
  readonly at: number
}

const given = (isGiven: boolean): string => (isGiven ? 'given' : '')

const openLook = async (
  kind: LookKind,
  { place, service, consent }: Inquiry,
  connection: Connection,
  { signal, mayAsk }: { readonly signal: AbortSignal; readonly mayAsk: boolean },
): Promise<Ready> => {
  const { limit, patience } = kind
  const { script, marker } = lookScript(
    { ...kind, script: `consent=${given(consent !== undefined)}\nsudo=${given(mayAsk)}\n${kind.script}` },
    place,
    undefined,
    kind.words?.(service),
  )
  const options = { connection, script, limit, signal, ...(patience === undefined ? {} : { patience }) }
  return { runner: await openCommand(options), marker }
}

const runLook = async (
  kind: LookKind,
  { place, service }: Inquiry,
  { runner, marker }: Ready,
  before: Parameters<LookKind['read']>[1],
): Promise<{ readonly seen: Look | Blind; readonly cpu: number; readonly shell: number }> => {
  const { output, cpu, shell } = await runner.run()
  // It came as bytes.
  const sections = sectionsOf(Buffer.from(output.text, 'latin1').toString('utf8'), marker)
  const footing = footingOf(sections, place, output.status)
  const seen =
    'cause' in footing
      ? footing
      : kind.read({ ...(service === undefined ? {} : { service }), footing, sections, place, cut: output.cut }, before)
  return { seen, cpu, shell }
}

/** `others`: share of a core, in percent, that all else takes. */
const openInquiry = (inquiry: Inquiry, kind: LookKind, options: InquiriesOptions, others: () => number): Asked => {
  const { emit, now } = options
  const gate = lookGate(kind, options.sudo)
  const key = inquiryKey(inquiry)
  let last: Last | undefined
  let connection: Connection | undefined
  let ready: Ready | undefined
  let end = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  let isWanted = false
  let isBegun = false
  let isCold = true
  let failures = 0
  let meter: Meter = unused
  /** Seconds between looks; infinite: it is not repeated. */
  let period = Number.POSITIVE_INFINITY
  /** It costs much, always or as this one is asked: for that a person said yes, and a yes is good for one look. */
  const isOnce = kind.isCostly === true || inquiry.consent !== undefined
  /** Whether it may be begun by itself: what is costly only once, however that ended. */
  const mayBegin = (): boolean => !isOnce || !isBegun

  const tell = (report: Report): void => emit([{ type: 'report', key, report }])
  /** What was seen stays, dated, and says why there is no more. */
  const lose = (cause: Clean): void =>
    tell(last === undefined ? { state: 'refused', cause } : { state: 'ended', ...last, cause })

  const drop = (): void => {
    clearTimeout(timer)
    end.abort()
    end = new AbortController()
    ready?.runner.close()
    ready = undefined
  }

  const lookOnce = async (over: Connection, signal: AbortSignal): Promise<void> => {
    try {
      const barred = gate.barred()
      if (barred !== undefined) return lose(barred)
      if (ready === undefined) meter = restarted(meter)
      const held = ready ?? (await openLook(kind, inquiry, over, { signal, mayAsk: gate.mayAsk }))
      // It was let go while it was opened: what is held by now is another one's.
      if (signal.aborted) return held.runner.close()
      ready = held
      isBegun = true
      const at = now()
      const before = last && { look: last.look, seconds: (at - last.at) / 1000 }
      const { seen: told, cpu, shell } = await runLook(kind, inquiry, held, before)
      const seen = gate.heard(told)
      if (signal.aborted) return
      // The first look of all is cold, and costs several times what the others do: it says nothing of the pace.
      meter = { ...metered(meter, cpu, shell), ...(isCold ? { cost: 0 } : {}) }
      isCold = false
      failures = 0
      const every = isBlind(seen) ? patience : isOnce ? undefined : kind.every
      const next = every === undefined ? undefined : paceOf(every, meter.cost, others())
      period = next?.seconds ?? Number.POSITIVE_INFINITY
      if (isBlind(seen)) lose(seen.cause)
      else {
        last = { look: seen, at }
        tell({ state: 'live', ...last, ...(next?.pace === undefined ? {} : { pace: next.pace }) })
      }
      if (next !== undefined && mayBegin()) timer = setTimeout(look, next.seconds * 1000)
    } catch (error) {
      if (signal.aborted) return
      drop()
      lose(briefly(error))
      const pause = Math.min(longestPatience, patience * 2 ** failures)
      failures += 1
      if (mayBegin()) timer = setTimeout(look, pause * 1000)
    }
  }

  const look = (): void => {
    clearTimeout(timer)
    isWanted = isBusy && !isOnce
    if (isBusy || connection === undefined) return
    isBusy = true
    void lookOnce(connection, end.signal).finally(() => {
      isBusy = false
      if (isWanted) look()
    })
  }

  return {
    look,
    over(next, cause) {
      drop()
      connection = next
      failures = 0
      if (next === undefined) return lose(cause)
      if (!mayBegin()) return
      // Why it could not be asked before holds no more.
      tell({ state: 'waiting' })
      look()
    },
    close() {
      drop()
      connection = undefined
    },
    share: () => (meter.cost / period) * 100,
  }
}

export const createInquiries = (options: InquiriesOptions): Inquiries => {
  const { emit, kindOf = lookOf } = options
  const asked = new Map<string, Asked>()
  /** Keys of those that a person said yes to: a yes is good for one look, also where nobody waited for its end. */
  const agreed = new Set<string>()
  let connection: Connection | undefined
  let cause = clean('not connected yet')

  const open = (inquiry: Inquiry): void => {
    const key = inquiryKey(inquiry)
    const kind = kindOf(inquiry.tab)
    if (asked.has(key) || kind === undefined) return
    if (agreed.has(key)) return emit([{ type: 'report', key, report: { state: 'refused', cause: left } }])
    if (inquiry.consent !== undefined) agreed.add(key)
    const others = (): number => {
      const looks = [...asked.values()].reduce((sum, other) => sum + (other === one ? 0 : other.share()), 0)
      return looks + (options.taken?.() ?? 0)
    }
    const one: Asked = openInquiry(inquiry, kind, options, others)
    asked.set(key, one)
    one.over(connection, cause)
  }

  return {
    ask(inquiries) {
      const keys = new Set(inquiries.map(inquiryKey))
      for (const [key, one] of asked) {
        if (keys.has(key)) continue
        one.close()
        asked.delete(key)
      }
      for (const inquiry of inquiries) open(inquiry)
    },
    again() {
      for (const one of asked.values()) one.look()
    },
    over(next, why) {
      connection = next
      cause = why
      for (const one of asked.values()) one.over(next, why)
    },
  }
}
