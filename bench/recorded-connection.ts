import { setTimeout as wait } from 'node:timers/promises'
import type { Channel, Connection, Exit, Program } from '../source/nodes/connections/connection.ts'
import { usualRound } from '../source/nodes/namespace-rounds.ts'
import type { NumberedTake } from '../source/nodes/sampler/awk.ts'
import { listLines } from '../source/nodes/sampler/namespace-reads.ts'
import type { NamespaceKey } from '../source/nodes/sampler/take.ts'
import { clean } from '../source/text/clean.ts'
import { startAwk } from '../test/nodes/sampler/awks.ts'
import { machineOf } from './sampler-node.ts'

/** So many frames without their first lines as an awk gives them; the first one is whole. */
const record = async (
  takes: readonly NumberedTake[],
  before: (second: number) => void | Promise<void>,
  pods: readonly NamespaceKey[] = [],
): Promise<readonly Buffer[]> => {
  const awk = startAwk('gawk', takes)
  try {
    const bodies: Buffer[] = []
    let chunks: Buffer[] = []
    awk.child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    if (pods.length > 0) awk.child.stdin?.write(listLines(pods))
    const reads = pods.length > 0 ? ` n${Math.ceil(pods.length / usualRound)}` : ''
    for (let second = 0; second < 60; second += 1) {
      await before(second)
      chunks = []
      await awk.tick(`${second === 0 ? 'f 1 5 60' : second % 5 === 0 ? '1 5' : '1'}${reads}`)
      const frame = Buffer.concat(chunks)
      bodies.push(frame.subarray(frame.indexOf(10) + 1))
    }
    return bodies
  } finally {
    await awk.end()
  }
}

/**
 * A minute of frames of a node with so many CPUs, all of whose counters move, and none within its levels. `pods`: processes of
 * this machine whose counters stand for those of pods.
 */
export const recordMinute = async (
  cpus: number,
  takes: readonly NumberedTake[],
  pods: readonly NamespaceKey[] = [],
): Promise<readonly Buffer[]> => {
  const { files, advance } = machineOf(cpus, takes)
  const real = new Map(takes.map((one) => [one.number, one]))
  const staged = files.takes.map((one) => (one.take.kind === 'namespaces' ? (real.get(one.number) ?? one) : one))
  try {
    return await record(staged, advance, pods)
  } finally {
    files.remove()
  }
}

/** Sixty frames of this machine as it is, a tenth of a second apart. */
export const recordHere = (
  takes: readonly NumberedTake[],
  pods: readonly NamespaceKey[] = [],
): Promise<readonly Buffer[]> => record(takes, () => wait(100), pods)

/** A hundred sockets as the listing of the RTT probe shows them. */
export const listing = [
  'client ',
  ...Array.from({ length: 100 }, (_, index) => [
    `0      0      10.0.0.5:${40_000 + index}      10.0.1.${index}:443`,
    ` rtt:${1 + index / 10}`,
    ' lastsnd:120',
    ' lastack:80',
    ' minrtt:0.9',
  ]).flat(),
  'end 0',
  '',
].join('\n')

/** Both halves stand first among the arguments that a script is given on stdin. */
const markerOf = ({ input = '' }: Program): string => /^set -- '(\w+)' '(\w+)'/m.exec(input)?.slice(1).join('') ?? ''

/** What a sampler says of itself, behind its marker. */
export const greeting = 'pid=7 start=100 uid=1000 engine=awk lease=15 relay=1 paths= tools=,ss,timeout'

/** A connection to a node that answers as recorded: frames to a sampler's ticks, a socket listing to every command. */
export const recordedConnection = (bodies: readonly Buffer[]): Connection => {
  const closed = Promise.withResolvers<Awaited<Connection['closed']>>()
  const open = new Set<() => void>()

  const stream = async (program: Program, signal: AbortSignal): Promise<Channel> => {
    const exit = Promise.withResolvers<Exit>()
    const marker = markerOf(program)
    let listener: (chunk: Buffer) => void = () => undefined
    let sequence = 0
    const close = (): void => {
      open.delete(close)
      exit.resolve({ code: 0, signal: null, stderr: clean('') })
    }
    open.add(close)
    signal.addEventListener('abort', close, { once: true })
    const send = (bytes: Buffer): void => void setImmediate(() => listener(bytes))
    const frame = (groups: string): void => {
      const body = bodies[sequence % bodies.length] ?? Buffer.alloc(0)
      sequence += 1
      send(
        Buffer.concat([Buffer.from(`@${sequence} ${1000 + sequence} ${groups.trim().replaceAll(' ', ',')}\n`), body]),
      )
    }
    const answer = (): Buffer =>
      Buffer.from(`${marker} begin\n${listing}\n${marker} end 0\n0m0.00s 0m0.00s\n0m0.00s 0m0.00s\n${marker} done\n`)
    const isSampler = program.input?.includes('getline') ?? false
    if (isSampler) send(Buffer.from(`${marker} ${greeting}\n`))
    return {
      write: (text) => {
        if (isSampler) frame(text)
        else if (text === 'k\n') send(answer())
      },
      onData: (next) => {
        listener = next
      },
      close,
      exit: exit.promise,
    }
  }

  return {
    transport: 'local',
    closed: closed.promise,
    stream,
    close: () => {
      for (const close of open) close()
      closed.resolve({ state: 'lost', cause: clean('closed') })
    },
  }
}
