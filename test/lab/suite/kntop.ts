import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { JsonNode, JsonSnapshot } from '../../../source/export/json.ts'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { run } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
/** The program as it is installed. */
export const program = join(root, 'bin', 'kntop.js')

/** Builds what is then watched with. */
export const build = (): Promise<string> => run([process.execPath, join(root, 'scripts', 'build.ts')])

/** The flags with which kntop watches the lab. */
export const flagsFor = (lab: Lab): readonly string[] => [
  ...['--kubeconfig', lab.kubeconfig, '--ssh-config', lab.sshConfig, '--ssh'],
]

/** kntop, streaming what it sees of the lab until the test ends. */
export interface Watching {
  /** What it said last; undefined before it said anything. */
  readonly now: () => JsonSnapshot | undefined
  node(name: string): JsonNode | undefined
  /** What it has said so far, a line a second. */
  readonly lines: () => readonly JsonSnapshot[]
}

/** A home of its own, with nothing in it. */
export const makeHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'kntop-lab-home-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

export const watchLab = (lab: Lab, more: readonly string[] = []): Watching => {
  const child = spawn(process.execPath, [program, '--stream', ...flagsFor(lab), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: makeHome(), LANG: 'C.UTF-8' },
  })
  const lines: JsonSnapshot[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts.map((line) => JSON.parse(line) as JsonSnapshot))
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    await ended
  })
  const now = (): JsonSnapshot | undefined => lines.at(-1)
  return { now, lines: () => lines, node: (name) => now()?.nodes.find((one) => one.name === name) }
}

/** The value of a metric of a node; NaN while it has none. */
export const valueOf = (node: JsonNode | undefined, metric: MetricId): number => {
  const reading = node?.readings[metric]
  return reading === undefined || 'missing' in reading ? Number.NaN : reading.value
}

/** The band of a metric of a node, or why it has none. */
export const standingOf = (node: JsonNode | undefined, metric: MetricId): string => {
  const reading = node?.readings[metric]
  if (reading === undefined) return 'nothing'
  if ('missing' in reading) return reading.missing
  return reading.stale === true ? 'stale' : reading.band
}
