import type { LinkState } from '../../source/events/link.ts'
import { type Cause, ConnectionError } from '../../source/nodes/connections/connection.ts'
import { createPulse } from '../../source/nodes/pulse.ts'
import { createDecoder, type Hello } from '../../source/nodes/sampler/decoder.ts'
import type { Sampler } from '../../source/nodes/sampler/session.ts'
import type { Every } from '../../source/nodes/sampler/take.ts'
import { sampleOver } from '../../source/nodes/sampling.ts'
import { clean } from '../../source/text/clean.ts'
import { fakeConnection } from './fake-connection.ts'

const never = (): never => {
  throw new Error('nothing is decoded here')
}
const decoder = createDecoder([], 'marker', { hello: never, banner: never, frame: never, failed: never })

export const hello: Hello = {
  pid: 1,
  start: 1,
  uid: 0,
  engine: 'awk',
  relay: true,
  lease: 15,
  session: '',
  boot: '',
  paths: new Set(),
  tools: new Set(),
}

/** A sampler that answers a tick after 10 ms, as long as it `answers`. */
export interface Fake {
  readonly at: number
  readonly sampler: Sampler
  readonly ticks: number[]
  isClosed: boolean
  answers: boolean
  die(why: string): void
  /** A frame that nobody asked for. */
  frame(): void
}

/** What the next attempt to open one comes to. */
export type Opening = (fake: Fake, settle: { readonly open: () => void; readonly fail: (why: string) => void }) => void

export const atOnce: Opening = (_, { open }) => open()

export interface More {
  readonly opening?: Opening
  readonly hello?: Partial<Hello>
  readonly groups?: (tick: number) => readonly Every[]
}

export const sampling = (more: More = {}) => {
  const fakes: Fake[] = []
  const told: (readonly [number, LinkState, string])[] = []
  const untils: (number | undefined)[] = []
  let ask = (): void => undefined
  const frames: { readonly of: number; readonly at: number }[] = []
  const ends: number[] = []
  const cut = Promise.withResolvers<Cause>()
  const controller = new AbortController()
  const start = performance.now()
  const opening = more.opening ?? atOnce

  const open = (onFrame: () => void): Promise<Sampler> =>
    new Promise((resolve, reject) => {
      const ended = Promise.withResolvers<string>()
      const fake: Fake = {
        at: performance.now() - start,
        ticks: [],
        isClosed: false,
        answers: true,
        die: ended.resolve,
        frame: onFrame,
        sampler: {
          hello: { ...hello, ...more.hello },
          held: [],
          decoder,
          tick: () => {
            fake.ticks.push(performance.now() - start)
            if (fake.answers) setTimeout(onFrame, 10)
          },
          ended: ended.promise,
          close: () => {
            fake.isClosed = true
            ended.resolve('closed')
          },
        },
      }
      fakes.push(fake)
      opening(fake, {
        open: () => resolve(fake.sampler),
        fail: (why) => reject(new ConnectionError({ state: 'no-data', cause: clean(why) })),
      })
    })

  const done = sampleOver({
    connection: { ...fakeConnection().connection, closed: cut.promise },
    open,
    frames: () => {
      const of = frames.length === 0 ? 0 : (frames.at(-1)?.of ?? 0) + 1
      return {
        frame: (at) => void frames.push({ of, at: at - start }),
        second: () => undefined,
        end: () => void ends.push(performance.now() - start),
      }
    },
    groups: more.groups ?? (() => [1]),
    tell: (state, cause, { until } = {}) => {
      told.push([Math.round(performance.now() - start), state, cause])
      untils.push(until === undefined ? undefined : Math.round(until - start))
    },
    asked: (come) => {
      ask = come
      return () => {
        ask = () => undefined
      }
    },
    phase: 0,
    pulse: createPulse(() => performance.now()),
    time: { now: () => performance.now(), late: () => 0 },
    signal: controller.signal,
  })
  return { fakes, told, untils, ask: () => ask(), frames, ends, cut, done, abort: () => controller.abort() }
}

export const cutOff: Cause = { state: 'lost', cause: clean('reset') }

/** Whole seconds between the starts of samplers. */
export const gaps = (fakes: readonly Fake[]): readonly number[] =>
  fakes.slice(1).map(({ at }, index) => Math.round((at - (fakes[index]?.at ?? 0)) / 1000))

export const last = (fakes: readonly Fake[]): Fake => {
  const fake = fakes.at(-1)
  if (fake === undefined) throw new Error('none was started')
  return fake
}
