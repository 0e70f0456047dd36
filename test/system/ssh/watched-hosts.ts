import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { SettingKey } from '../../../source/config/settings.ts'
import type { Link } from '../../../source/events/link.ts'
import type { Answer, Request } from '../../../source/events/request.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import type { Hosts } from '../../../source/feeds/live.ts'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { type Argv, type Running, start } from '../support/command.ts'
import { type Mark, makeMark } from '../support/processes.ts'
import { nodeProgram } from '../support/programs.ts'
import type { Lab } from './lab.ts'

/** What the watching program is told at its start. */
export interface Asked {
  readonly flags: Readonly<Partial<Record<SettingKey, string>>>
  readonly stateFolder: string | undefined
  readonly door: Hosts['door']
  readonly metrics: readonly MetricId[]
  readonly umask?: number
}

/** What it is told later. */
export type Order =
  | { readonly answer: string; readonly as: Answer }
  | { readonly retry: readonly NodeName[] | 'all' }
  | { readonly quit: true }

/** A node as a person has it before them. */
export interface ToldNode {
  readonly name: string
  readonly link: Link
  /** Samples that came so far. */
  readonly ticks: number
  /** Its row on the screen of links, 240 cells wide. */
  readonly row: string
  /** What stands below the table when the cursor is on it. */
  readonly hint: string
  /** Values, or why there is none. */
  readonly figures: Readonly<Record<string, number | string>>
}

type Told = { readonly node: ToldNode } | { readonly requests: readonly Request[] } | { readonly ended: true }

/** Hosts that are watched from the client of a lab by kntop's own engine, in a process of its own. */
export interface WatchedHosts {
  readonly program: Running
  readonly mark: Mark
  readonly stateFolder: string
  node(name: string): ToldNode
  /** The row and the hint of a node, as a person reads them. */
  screenLine(name: string): string
  requests(): readonly Request[]
  /** Waits until something holds of a node. `limit` in ms. */
  until(name: string, holds: (node: ToldNode) => boolean, limit?: number): Promise<ToldNode>
  /** Waits until a node is live and has given a sample. */
  live(name: string, limit?: number): Promise<ToldNode>
  /** Waits until so many samples more than now have come. */
  moreTicks(name: string, count: number, limit?: number): Promise<void>
  /** Waits until a question of this kind is asked. */
  asked(kind: Request['kind'], limit?: number): Promise<Request>
  order(order: Order): void
  answer(request: Request, as: Answer): void
  /** Every state that a node's link was seen in, with its cause, in order. */
  history(name: string): readonly string[]
  /** Leaves as a person does; settles when the program has ended. */
  quit(): Promise<void>
}

export interface WatchHostsOptions {
  readonly flags?: Asked['flags']
  /** Who is there to be asked; nobody by itself. */
  readonly door?: Asked['door']
  readonly environment?: Readonly<Record<string, string>>
  readonly metrics?: readonly MetricId[]
  readonly umask?: number
  /** Where it remembers; a new folder by itself. */
  readonly stateFolder?: string
  /** What stands between the way into the client and the program, such as `prlimit`; it becomes the program. */
  readonly before?: readonly string[]
}

/** Watches hosts with an ssh configuration, from the client of a lab. */
export const watchHosts = (
  lab: Lab,
  config: string,
  hosts: readonly string[],
  options: WatchHostsOptions = {},
): WatchedHosts => {
  const { flags = {}, door = 'headless', environment = {}, metrics = ['conntrack.entries'], before = [] } = options
  const stateFolder = options.stateFolder ?? mkdtempSync(join(lab.folder, 'state-'))
  mkdirSync(stateFolder, { recursive: true })
  const mark = makeMark()
  const asked: Asked = {
    flags: { sshConfig: config, hosts: hosts.join(','), ...flags },
    stateFolder,
    door,
    metrics,
    ...(options.umask === undefined ? {} : { umask: options.umask }),
  }
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const argv: Argv = [
    ...lab.enter,
    ...['env', '-u', 'SSH_AUTH_SOCK', mark.variable, `HOME=${lab.folder}`, ...variables, ...before],
    ...nodeProgram('watch-hosts', JSON.stringify(asked)),
  ]
  const program = start(argv)
  const nodes = new Map<string, ToldNode>()
  const histories = new Map<string, string[]>()
  let requests: readonly Request[] = []
  let hasEnded = false
  let read = 0

  const hear = (told: Told): void => {
    if ('requests' in told) requests = told.requests
    else if ('ended' in told) hasEnded = true
    else {
      const { name, link } = told.node
      nodes.set(name, told.node)
      const history = histories.get(name) ?? []
      histories.set(name, history)
      const said = `${link.state}: ${[link.cause, link.remark].filter(Boolean).join('; ')}`
      if (history.at(-1) !== said) history.push(said)
    }
  }
  /** Reads what was told since. */
  const catchUp = (): void => {
    const output = program.output()
    const whole = output.lastIndexOf('\n') + 1
    for (const line of output.slice(read, whole).split('\n')) if (line !== '') hear(JSON.parse(line) as Told)
    read = whole
  }
  const node = (name: string): ToldNode => {
    catchUp()
    const found = nodes.get(name)
    if (found === undefined) throw new Error(`nothing was told of ${name}: ${program.errors().slice(-2000)}`)
    return found
  }
  const until: WatchedHosts['until'] = (name, holds, limit = 30_000) =>
    vi.waitFor(
      () => {
        const found = node(name)
        if (holds(found)) return found
        throw new Error(`${found.row} | ${found.hint} | ${JSON.stringify(histories.get(name)?.slice(-8))}`)
      },
      { timeout: limit, interval: 50 },
    )
  const order = (what: Order): void => program.write(`${JSON.stringify(what)}\n`)
  const quit = async (): Promise<void> => {
    order({ quit: true })
    await vi.waitFor(
      () => {
        catchUp()
        if (!hasEnded || program.status() === undefined) throw new Error(`does not end: ${program.errors()}`)
      },
      { timeout: 20_000, interval: 20 },
    )
  }
  onTestFinished(async () => {
    if (program.status() === undefined) await quit()
  })
  return {
    program,
    mark,
    stateFolder,
    node,
    screenLine: (name) => {
      const { row, hint } = node(name)
      return `${row}\n${hint}`
    },
    requests: () => {
      catchUp()
      return requests
    },
    until,
    live: (name, limit) => until(name, ({ link, ticks }) => link.state === 'live' && ticks > 0, limit),
    async moreTicks(name, count, limit) {
      const { ticks } = node(name)
      await until(name, (now) => now.ticks >= ticks + count, limit)
    },
    asked: (kind, limit = 20_000) =>
      vi.waitFor(
        () => {
          catchUp()
          const found = requests.find((request) => request.kind === kind)
          if (found === undefined)
            throw new Error(`nothing was asked: ${JSON.stringify(Object.fromEntries(histories))}`)
          return found
        },
        { timeout: limit, interval: 50 },
      ),
    order,
    answer: ({ id }, as) => order({ answer: id, as }),
    history: (name) => {
      catchUp()
      return histories.get(name) ?? []
    },
    quit,
  }
}
