import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import type { PlainCost, PlainOptions } from './plain.ts'
import type { Server } from './server.ts'

/** What it takes to hold logins with nothing of kntop's. CPU in milliseconds and percent of a core, memory in bytes. */
export interface Plainly {
  readonly live: number
  readonly perLogin: number
  readonly ownShare: number
  readonly othersShare: number
  readonly resident: number
  readonly othersMemory: number
  /** Seconds until all have answered. */
  readonly untilAll: number
  /** Bytes that a login receives a second. */
  readonly rate: number
}

/** Milliseconds until all are logged in; those that are by then are measured. */
const patience = 60_000

/** As the program under test is: one file, so that no compiler is resident beside it. */
const bundled = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'plain.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'plain.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['*.node'],
    logLevel: 'error',
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);const __dirname='';",
    },
  })
  return outfile
}

export const runPlainly = async (
  { folder, port, user, key, configFile }: Server,
  kind: PlainOptions['kind'],
  hosts: readonly string[],
  seconds: number,
): Promise<Plainly> => {
  const options: PlainOptions = { kind, hosts, port, user, key, configFile, seconds, patience }
  const child = spawn(process.execPath, [await bundled(folder), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const guard = setTimeout(() => child.stdin.end(), 2 * patience)
  const exit = once(child, 'exit')
  const told: PlainCost[] = []
  try {
    for await (const line of createInterface(child.stdout)) {
      told.push(JSON.parse(line) as PlainCost)
      if (told.length === 4) break
    }
  } finally {
    clearTimeout(guard)
    child.stdin.end()
    await exit
  }
  const [begun, open, from, to] = told
  if (begun === undefined || open === undefined || from === undefined || to === undefined)
    throw new Error(`${hosts.length} logins by ${kind} came to nothing within ${(2 * patience) / 1000} s`)
  const passed = to.at - from.at
  return {
    live: open.live,
    perLogin: (open.own - begun.own + open.others) / open.live,
    ownShare: (100 * (to.own - from.own)) / passed,
    othersShare: (100 * (to.others - from.others)) / passed,
    resident: to.resident,
    othersMemory: to.othersMemory,
    untilAll: open.live === hosts.length ? (open.at - begun.at) / 1000 : Number.NaN,
    rate: (to.received - from.received) / to.live / (passed / 1000),
  }
}
