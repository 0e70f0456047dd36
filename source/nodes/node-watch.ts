import type { Event } from '../events/event.ts'
import type { Inquiry } from '../events/inquiry.ts'
import type { Link, LinkState, OptInStatus, Transport } from '../events/link.ts'
import type { NodeName } from '../events/subject.ts'
import { type Clean, clean } from '../text/clean.ts'
import type { Cause, Connect, Connection, Occasion, Way } from './connections/connection.ts'
import { keepConnected } from './connections/keeper.ts'
import { observeChannels } from './connections/observed.ts'
import { inTurns, type Turns } from './connections/turns.ts'
import { holdOnly } from './holding.ts'
import { createInquiries } from './inquiries.ts'
import { type NodeSession, startSession } from './node-session.ts'
import type { Plan } from './plan.ts'
import { connectAsRoot } from './privilege/connect-as-root.ts'
import { createSudoGate } from './privilege/sudo-gate.ts'
import type { Probe, ProbeSettings } from './probe.ts'
import { createPulse, type Pulse } from './pulse.ts'
import { groups } from './sampler/awk.ts'
import { openSampler, type Sampler } from './sampler/session.ts'
import type { Every } from './sampler/take.ts'
import { type Frames, sampleOver } from './sampling.ts'
import { switchedAway } from './switched-away.ts'
import { createTierMemory } from './tier-memory.ts'
import type { Time } from './time.ts'

export interface WatchOptions {
  readonly node: NodeName
  /** The transport that is expected, until a connection says its own. */
  readonly transport: Transport
  readonly connect: Connect
  /** None: nothing is sampled, and the connection is there for what is asked. */
  readonly probes: readonly Probe[]
  readonly plan: Plan
  readonly settings: ProbeSettings
  readonly optIns: ReadonlySet<string>
  readonly emit: (events: readonly Event[]) => void
  readonly time: Time
  /** When what a node writes is worked on; at once without it. */
  readonly turns?: Turns
  /** What it ticks by, with all who share it; by itself without it. */
  readonly pulse?: Pulse
  /** The node's own: all who listen to a signal stand in one list, which is walked for each that comes or goes. */
  readonly signal: AbortSignal
}

/** One node, watched until the signal aborts: connected, sampled, reconnected. */
export interface NodeWatch {
  readonly done: Promise<void>
  optIn(name: string, on: boolean): void
  /** Reads every group and runs every command now; settles when all have answered, or cannot. */
  sampleNow(): Promise<void>
  /** What is asked of this node from now on. */
  inquire(inquiries: readonly Inquiry[]): void
  inquireAgain(): void
  /** Tries at once to connect, or to start another sampler, whatever it waits for. */
  retry(): void
}

/** Milliseconds between two phases: nodes of one phase tick on one wake of the process, which costs as much as a tick does. */
const phaseStep = 20

/** The node's own phase of the second, ms, so that a thousand nodes do not tick at once: FNV-1a of its name. */
export const phaseOf = (name: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0
  return (hash % (1000 / phaseStep)) * phaseStep
}

const firstGroup: readonly Every[] = [1]
const twoGroups: readonly Every[] = [1, 5]

/** Groups of the tick with this number: the first reads all. */
const groupsOf = (tick: number): readonly Every[] =>
  tick % 60 === 0 ? groups : tick % 5 === 0 ? twoGroups : firstGroup

export const watchNode = (options: WatchOptions): NodeWatch => {
  const { node, time, turns, pulse = createPulse(time.now), signal } = options
  const asked = new Set(options.optIns)
  const sudo = createSudoGate(time.now)
  const memory = createTierMemory()
  const optIns = new Map<string, OptInStatus>()
  let session: NodeSession | undefined
  const inquiries = createInquiries({
    now: time.now,
    sudo: { setting: options.settings.sudo, gate: sudo },
    emit: (events) => (signal.aborted ? undefined : options.emit(events)),
    taken: () => session?.share() ?? 0,
  })
  // Somebody who wants everything read: at the next tick, and once its frame and all commands have answered.
  let wanted: PromiseWithResolvers<void> | undefined
  let answering: PromiseWithResolvers<void> | undefined
  let connection: Connection | undefined
  let trouble: Clean | undefined
  let logins = 0
  // Sessions on the node that may live on without us: their connection was cut.
  let stale: readonly string[] = []
  let sessionName = ''
  // The last that was taken or tried.
  let way: Way = { transport: options.transport }
  let said: Pick<Link, 'state' | 'cause' | 'lease' | 'until'> = { state: 'connecting', cause: clean('') }

  const tell = (): void => {
    // What keeps the sampler from starting is the cause, and is not said twice.
    const isCause = said.cause !== '' && trouble?.endsWith(said.cause) === true
    const remark = (isCause ? undefined : trouble) ?? connection?.remark
    const link: Link = {
      ...way,
      ...said,
      ...(remark === undefined ? {} : { remark }),
      ...(options.transport === 'local' ? {} : { logins }),
    }
    if (!signal.aborted) options.emit([{ type: 'link', subject: { node }, link, at: time.now() }])
  }
  const say = (state: LinkState, cause: string, more: Pick<Link, 'lease' | 'until'> = {}): void => {
    said = { state, cause: clean(cause), ...more }
    tell()
  }

  const tellOptIn = (status: OptInStatus): void => {
    optIns.set(status.name, status)
    if (!signal.aborted) options.emit([{ type: 'opt-in', node, status }])
  }

  // A wait for the next sampler, which a person may end.
  let startNow = (): void => undefined
  const whenAsked: Occasion = (come) => {
    startNow = come
    return () => {
      startNow = () => undefined
    }
  }

  /** Nobody waits for a session that is gone. */
  const release = (): void => {
    session = undefined
    wanted?.resolve()
    answering?.resolve()
    wanted = undefined
    answering = undefined
  }

  const framesOf = (over: Connection, sampler: Sampler): Frames => {
    // What was begun in this session must not speak into the next one. Not by AbortSignal.any, which is ten times the size.
    const end = new AbortController()
    const stop = (): void => end.abort()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    memory.begin(sampler.hello.boot)
    const current = startSession({
      ...options,
      connection: over,
      sudo,
      memory,
      hello: sampler.hello,
      held: sampler.held,
      count: sampler.decoder.count,
      asked: (name) => asked.has(name),
      status: tellOptIn,
      now: time.now,
      signal: end.signal,
    })
    session = current
    return {
      frame(at) {
        current.frame(at)
        const full = answering
        answering = undefined
        if (full !== undefined) void current.runAll(time.now()).finally(full.resolve)
      },
      second: (at) => current.second(at),
      end() {
        signal.removeEventListener('abort', stop)
        stop()
        release()
      },
    }
  }

  const hold = async (opened: Connection): Promise<Cause> => {
    connection = opened
    way = { transport: opened.transport, ...(opened.route === undefined ? {} : { route: opened.route }) }
    logins += 1
    const over = observeChannels(turns === undefined ? opened : inTurns(opened, turns), (failure) => {
      if (failure === trouble) return
      trouble = failure
      tell()
    })
    inquiries.over(over, clean(''))
    try {
      if (options.probes.length === 0) {
        say('live', '')
        return await holdOnly(over, signal)
      }
      return await sampleOver({
        connection: over,
        open: async (onFrame, after) => {
          const sampler = await openSampler({
            connection: over,
            takes: options.plan.takes,
            awk: options.plan.awk(),
            signal,
            onFrame,
            stale,
            ...(after === undefined ? {} : { after }),
          })
          sessionName = sampler.hello.session
          stale = []
          return sampler
        },
        frames: (sampler) => framesOf(over, sampler),
        groups(tick) {
          answering = wanted
          wanted = undefined
          return answering === undefined ? groupsOf(tick) : groups
        },
        namespaces: () => session?.namespaces(answering !== undefined),
        tell: say,
        asked: whenAsked,
        phase: phaseOf(node),
        pulse,
        time,
        signal,
      })
    } finally {
      if (sessionName !== '') stale = [...stale, sessionName].slice(-8)
      sessionName = ''
      connection = undefined
      inquiries.over(undefined, clean('the connection is gone'))
      trouble = undefined
      release()
    }
  }

  const keeper = keepConnected({
    connect: options.settings.sudo === 'root' ? connectAsRoot(options.connect, sudo) : options.connect,
    hold,
    tell: (state, cause, until) => say(state, cause, until === undefined ? {} : { until }),
    onWay(next) {
      way = next
      tell()
    },
    now: time.now,
    signal,
  })

  return {
    done: keeper.done,
    retry: () => {
      startNow()
      keeper.retry()
    },
    inquire: inquiries.ask,
    inquireAgain: inquiries.again,
    optIn: (name, on) => {
      if (on) asked.add(name)
      else asked.delete(name)
      session?.second(time.now())
      // Where no session could say so; of a node that never was reached nobody knows what it has.
      const last = optIns.get(name)
      if (last !== undefined && last.asked !== on) tellOptIn(switchedAway(options.probes, last, on))
    },
    sampleNow: () => {
      if (session === undefined) return Promise.resolve()
      wanted ??= Promise.withResolvers<void>()
      return wanted.promise
    },
  }
}
