import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Held, Lived } from '../programs/soak-hosts.ts'
import { start } from '../support/command.ts'
import { note } from '../support/oracle.ts'
import { makeMark } from '../support/processes.ts'
import { nodeProgram } from '../support/programs.ts'
import { makeLab } from './lab.ts'

/** A login of the system's ssh costs a tenth of its CPU by this key exchange: its usual one is safe from quantum computers. */
const cheap = 'KexAlgorithms curve25519-sha256'

/** A node that is one machine with many addresses, each watched for itself. */
const machineOf = async (size: number) => {
  const lab = await makeLab()
  const names = Array.from({ length: size }, (_, index) => `n${index}`)
  const addresses = names.map((_, index) => `10.88.100.${1 + index}`)
  const machine = await lab.node('machine', { addresses, settings: ['MaxStartups 1000', cheap] })
  const hosts = Object.fromEntries(
    names.map((name, index) => [name, [`HostName ${addresses[index]}`, 'HostKeyAlias machine']]),
  )
  return { lab, machine, names, config: lab.configure({ hosts }) }
}

/** Milliseconds without a change after which nothing more is under way. */
const quietTime = 5000

/** What we ask of V8 is new, which is no error of kntop's. */
const quiet = 'NODE_OPTIONS=--disable-warning=ExperimentalWarning'

const watching = async (transport: string, size: number) => {
  const { lab, machine, names, config } = await machineOf(size)
  const flags = { hosts: names.join(','), sshConfig: config, transport }
  const mark = makeMark()
  const folder = join(lab.folder, 'tmp')
  mkdirSync(folder)
  const program = start([
    ...lab.enter,
    ...['env', '-u', 'SSH_AUTH_SOCK', '-u', 'XDG_RUNTIME_DIR', `TMPDIR=${folder}`, mark.variable, quiet],
    ...nodeProgram('soak-hosts', JSON.stringify(flags)),
  ])
  let read = 0
  let lived: Lived = { live: 0, sampled: 0, logins: 0 }
  const measured: Held[] = []
  const catchUp = (): void => {
    const lines = program.output().split('\n')
    for (const line of lines.slice(read, -1)) {
      const told = JSON.parse(line) as Lived | Held
      if ('functions' in told) measured.push(told)
      else lived = told
    }
    read = lines.length - 1
  }
  const patience = { timeout: 60_000, interval: 50 } as const
  /** Waits until all are live again by so many logins, and give figures. */
  const allLive = async (logins: number): Promise<void> => {
    await expect
      .poll(
        () => {
          catchUp()
          return lived.live === size && lived.sampled === size && lived.logins >= logins
        },
        { ...patience, message: program.errors() },
      )
      .toBe(true)
  }
  const helpers = () => mark.processes().filter(({ pid }) => pid !== program.pid)
  await allLive(size)
  // Commands are held ready on a connection, and begin after its first sample: with the system's ssh, a process each.
  let [atRest, since] = [Number.NaN, 0]
  const isQuiet = (): boolean => {
    const { length } = helpers()
    if (length !== atRest) [atRest, since] = [length, performance.now()]
    return performance.now() - since > quietTime
  }
  await expect.poll(isQuiet, patience).toBe(true)
  return {
    program,
    machine,
    logins: () => lived.logins,
    /** What it runs beside itself, here. */
    helpers,
    /** What lies in its folder for what does not outlive it. */
    files: () => readdirSync(folder, { recursive: true, encoding: 'utf8' }),
    /** Cuts all connections; settles when all are back. */
    cutAll: async (): Promise<void> => {
      const before = lived.logins
      await machine.sessions.signal('KILL')
      await allLive(before + size)
    },
    /** Once everything runs again that did at first, and nothing more. */
    measure: async (): Promise<Held> => {
      await expect.poll(() => helpers().length, patience).toBe(atRest)
      const before = measured.length
      program.write('\n')
      await expect
        .poll(() => {
          catchUp()
          return measured.length
        }, patience)
        .toBe(before + 1)
      return measured.at(-1) ?? expect.fail('nothing was measured')
    },
    /** Ends it as kntop ends; settles when it has. */
    end: async (): Promise<void> => {
      program.write('end\n')
      await expect.poll(program.status, patience).toBe(0)
    },
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** The middle of a figure in each half of what was measured: what was under way at one moment is not left behind. */
const halves = (held: readonly Held[], figure: keyof Held): readonly [number, number] => {
  const half = Math.floor(held.length / 2)
  const values = held.map((one) => one[figure])
  return [median(values.slice(0, half)), median(values.slice(-half))]
}

test.each([
  ['ssh', 25, 40],
  ['openssh', 25, 40],
] as const)(
  '%s: %i nodes that are cut %i times hold no more in the end than before',
  async (transport, size, cuts) => {
    const watched = await watching(transport, size)
    const { machine } = watched
    const held: Held[] = []
    for (let cut = 1; cut <= cuts; cut += 1) {
      await watched.cutAll()
      // To measure takes a second; before the middle everything that is made once is made.
      if (cut > cuts / 2 && cut % 2 === 0) held.push(await watched.measure())
    }
    expect(watched.logins()).toBe(size * (cuts + 1))
    expect(machine.logins()).toEqual({ contacts: size * (cuts + 1), accepted: size * (cuts + 1), failed: 0 })
    expect(watched.program.errors()).toBe('')

    const seen = JSON.stringify(held)
    expect(new Set(held.map(({ descriptors }) => descriptors)).size, seen).toBe(1)
    const reconnects = (size * cuts) / 4
    for (const kind of ['functions', 'promises', 'emitters', 'targets'] as const) {
      const [before, after] = halves(held, kind)
      note(`${kind} left behind by ${reconnects} reconnects, ${transport}`, after - before, 0)
      expect(after - before, `${kind}: ${seen}`).toBeLessThan(0.1 * reconnects)
    }
    const [before, after] = halves(held, 'resident')
    note(`resident bytes after ${size * cuts} reconnects, ${transport}`, after, before)
    expect(after, seen).toBeLessThan(1.05 * before)

    // Of the system's ssh, one that holds each connection, on one socket; what was before them is gone.
    const connections = transport === 'openssh' ? size : 0
    expect(watched.helpers().filter(({ command }) => command.startsWith('ssh -M '))).toHaveLength(connections)
    expect(watched.files().filter((name) => /\/m-\w+$/.test(name))).toHaveLength(connections)
    await watched.end()
    expect(watched.helpers()).toEqual([])
    expect(watched.files()).toEqual([])
    await expect.poll(machine.visitors).toEqual([])
  },
  600_000,
)
