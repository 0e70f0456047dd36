import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { awkProgram, type NumberedTake } from '../../../source/nodes/sampler/awk.ts'
import { createDecoder } from '../../../source/nodes/sampler/decoder.ts'
import type { Held } from '../../../source/nodes/sampler/held.ts'

/** Every awk that the node-side program is written for, with the arguments that make it answer line by line. */
export const awks = {
  gawk: ['gawk'],
  mawk: ['mawk', '-W', 'interactive'],
  busybox: ['busybox', 'awk'],
  'one-true-awk': ['original-awk'],
} as const

export type AwkName = keyof typeof awks

export const awkNames = Object.keys(awks) as readonly AwkName[]

/** Throws, saying how to get them, if one of these programs is not on this machine. */
export const demand = (...programs: readonly string[]): void => {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0)
  if (missing.length > 0)
    throw new Error(
      `not installed: ${missing.join(', ')} (apt-get install gawk mawk busybox original-awk bash dash ksh mksh)`,
    )
}

/** What a frame said of itself, and its size. */
export interface Frame {
  readonly sequence: number
  readonly uptime: number
  readonly bytes: number
}

/** The node-side program in one awk, without a shell around it. */
export interface BareAwk {
  readonly child: ChildProcess
  readonly held: readonly (Held | undefined)[]
  /** Asks for groups, as `1 5 60` or `f 1`; resolves with the frame and its size in bytes. */
  tick(groups: string): Promise<Frame>
  /** Ends it and waits until it is gone. */
  end(): Promise<void>
}

/** Starts the program for these takes in this awk. */
export const startAwk = (name: AwkName, takes: readonly NumberedTake[]): BareAwk => {
  const [command, ...args] = awks[name]
  const child = spawn(command, [...args, awkProgram(takes)], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let bytes = 0
  let waiting: PromiseWithResolvers<Frame> | undefined
  const decoder = createDecoder(takes, 'marker', {
    hello: () => undefined,
    frame: (sequence, uptime) => waiting?.resolve({ sequence, uptime, bytes }),
    failed: (reason) => waiting?.reject(new Error(reason)),
  })
  decoder.push(Buffer.from('marker pid=1 start=1 uid=0 engine=awk lease=0 relay=0 paths= tools=\n'))
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    decoder.push(chunk)
  })
  child.once('close', () => waiting?.reject(new Error(`${name} ended`)))
  return {
    child,
    held: decoder.held,
    tick: (groups) => {
      bytes = 0
      waiting = Promise.withResolvers()
      child.stdin.write(`${groups}\n`)
      return waiting.promise
    },
    end: () => {
      child.stdin.end()
      return gone
    },
  }
}
