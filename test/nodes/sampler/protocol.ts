import type { NumberedTake } from '../../../source/nodes/sampler/awk.ts'
import { createDecoder, type Decoder, type Handlers, type Hello } from '../../../source/nodes/sampler/decoder.ts'
import type { Every } from '../../../source/nodes/sampler/take.ts'

/** Three takes, one of each group, for tests that are not about what is read. */
export const threeTakes: readonly NumberedTake[] = ([1, 5, 60] as const).map((every, index) => ({
  number: index + 1,
  take: { kind: 'whole', file: `/proc/${every}`, every },
}))

export const marker = 'c0ffee012345abcdef678901'

export const greeting = (more = 'engine=awk lease=15 relay=1'): string =>
  `${marker} pid=42 start=1234 uid=0 ${more} paths=,/var/lib/etcd tools=,ss,curl\n`

/** What the three takes hold in one second: lines, or undefined where the file is not there. */
export interface Second {
  readonly uptime: number
  readonly groups: readonly Every[]
  readonly texts: readonly (readonly string[] | undefined)[]
}

/** The frames that a node sends for these seconds, as the node-side program describes its protocol. */
export const framesOf = (seconds: readonly Second[]): readonly string[] => {
  const sent = threeTakes.map((): string[] => [])
  const told = threeTakes.map((): boolean | undefined => undefined)
  return seconds.map(({ uptime, groups, texts }, index) => {
    const lines: string[] = [`@${index + 1} ${uptime} ${groups.join(',')}`]
    threeTakes.forEach(({ number, take }, position) => {
      if (!groups.includes(take.every)) return
      const before = sent[position] ?? []
      const now = texts[position]
      if (now === undefined) {
        if (told[position] !== false) lines.push(`${number}!`)
      } else {
        now.forEach((text, row) => {
          if (before[row] !== text) lines.push(`${number}:${row + 1} ${text}`)
        })
        if (told[position] !== true || now.length < before.length) lines.push(`${number}=${now.length}`)
      }
      told[position] = now !== undefined
      sent[position] = [...(now ?? [])]
    })
    return `${[...lines, '##'].join('\n')}\n`
  })
}

/** Everything that a decoder said, in order. */
export interface Heard {
  readonly decoder: Decoder
  readonly hellos: Hello[]
  readonly frames: {
    readonly sequence: number
    readonly uptime: number
    readonly lines: readonly (readonly string[] | undefined)[]
    readonly seconds: readonly number[]
  }[]
  readonly failures: string[]
}

/** A decoder, perhaps one that takes the place of another, and what comes out of it. */
export const listen = (takes: readonly NumberedTake[] = threeTakes, before?: Heard): Heard => {
  const heard: Omit<Heard, 'decoder'> = { hellos: [], frames: [], failures: [] }
  const handlers: Handlers = {
    hello: (hello) => void heard.hellos.push(hello),
    frame: (sequence, uptime) =>
      void heard.frames.push({
        sequence,
        uptime,
        lines: takes.map(({ number }) => {
          const one = decoder.held[number]
          return one?.there === true ? [...one.lines] : undefined
        }),
        seconds: takes.map(({ number }) => decoder.held[number]?.reads.seconds ?? Number.NaN),
      }),
    failed: (reason) => void heard.failures.push(reason),
  }
  const decoder: Decoder = createDecoder(takes, marker, handlers, before?.decoder)
  return { decoder, ...heard }
}

/** Feeds a text, cut at these places. */
export const feed = (heard: Heard, bytes: Buffer | string, cuts: readonly number[] = []): void => {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  let from = 0
  for (const cut of [...cuts.toSorted((a, b) => a - b), buffer.length]) {
    if (cut > from) heard.decoder.push(buffer.subarray(from, cut))
    from = Math.max(from, cut)
  }
}
