// Run as a process of its own: so many logins with nothing of kntop's, each with one program that is asked once a second and
// whose answers are read and dropped. `ssh2`: the library alone; `openssh`: a process of the system's ssh each. Prints four
// lines of JSON: at the start, when all have answered, before and after the seconds to measure; ends with its stdin.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'ssh2'
import { cpuOf, memoryOf } from '../cost.ts'

/** What a line of output says: CPU milliseconds so far of this process, and of those that it started; resident bytes. */
export interface PlainCost {
  /** Logins that have answered so far. */
  readonly live: number
  readonly at: number
  readonly own: number
  readonly others: number
  readonly resident: number
  /** Of those that it started: the share of memory that is not also another's. */
  readonly othersMemory: number
  readonly received: number
}

export interface PlainOptions {
  readonly kind: 'ssh2' | 'openssh'
  readonly hosts: readonly string[]
  readonly port: number
  readonly user: string
  readonly key: string
  readonly configFile: string
  readonly seconds: number
  /** Milliseconds after which those that have answered are enough. */
  readonly patience: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as PlainOptions

/** Logins at a time, as kntop has them. */
const parallel = 32

interface Line {
  write(text: string): void
  onData(listener: (chunk: Buffer) => void): void
}

const children: ChildProcess[] = []
const pids = (): readonly number[] => children.flatMap(({ pid }) => pid ?? [])

const key = readFileSync(options.key)

const bySsh2 = (host: string): Promise<Line> =>
  new Promise((resolve, reject) => {
    const client = new Client()
    client.on('connect', () => client.setNoDelay(true))
    client.on('error', reject)
    client.on('ready', () =>
      client.exec('sampler', (error, stream) => {
        if (error) return reject(error)
        stream.stderr.resume()
        resolve({ write: (text) => void stream.write(text), onData: (listener) => void stream.on('data', listener) })
      }),
    )
    client.connect({
      host,
      port: options.port,
      username: options.user,
      privateKey: key,
      hostVerifier: () => true,
      authHandler: ['publickey'],
      keepaliveInterval: 10_000,
    })
  })

const byOpenSsh = async (host: string): Promise<Line> => {
  const child = spawn('ssh', ['-F', options.configFile, '-T', '-o', 'BatchMode=yes', '--', host, 'sampler'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  children.push(child)
  return {
    write: (text) => void child.stdin.write(text),
    onData: (listener) => void child.stdout.on('data', listener),
  }
}

let received = 0
let live = 0

/** Opens one; settles with its first frame. */
const open = async (host: string): Promise<Line> => {
  const line = await (options.kind === 'ssh2' ? bySsh2(host) : byOpenSsh(host))
  await new Promise<void>((resolve) => {
    line.onData((chunk) => {
      received += chunk.length
      if (chunk.includes('##')) resolve()
    })
    line.write("set -- 'aa' 'bb' ''\n# getline\n#kntop-end\n1 5 60\n")
  })
  live += 1
  let tick = 0
  setTimeout(
    () =>
      setInterval(() => {
        tick += 1
        line.write(tick % 5 === 0 ? '1 5\n' : '1\n')
      }, 1000),
    1000 * Math.random(),
  )
  return line
}

const tell = (): void => {
  const { user, system } = process.cpuUsage()
  const cost: PlainCost = {
    live,
    at: performance.now(),
    own: (user + system) / 1000,
    others: cpuOf(pids()),
    resident: process.memoryUsage.rss(),
    othersMemory: memoryOf(pids()).pss,
    received,
  }
  process.stdout.write(`${JSON.stringify(cost)}\n`)
}

const end = (): void => {
  for (const child of children) child.kill('SIGKILL')
  process.exit()
}
createInterface(process.stdin).on('close', end)

tell()
const waiting = [...options.hosts]
const worker = async (): Promise<void> => {
  for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) await open(host)
}
await Promise.race([Promise.all(Array.from({ length: parallel }, worker)), wait(options.patience)])
waiting.length = 0
tell()
// The compiler settles.
await wait(4000)
tell()
await wait(options.seconds * 1000)
tell()
