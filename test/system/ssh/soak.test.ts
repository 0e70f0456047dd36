import { expect, test } from 'vitest'
import type { Held, Lived } from '../programs/soak-hosts.ts'
import { start } from '../support/command.ts'
import { note } from '../support/oracle.ts'

import { nodeProgram } from '../support/programs.ts'
import { makeLab } from './lab.ts'

/** A node that is one machine with many addresses, each watched for itself. */
const machineOf = async (size: number) => {
  const lab = await makeLab()
  const names = Array.from({ length: size }, (_, index) => `n${index}`)
  const addresses = names.map((_, index) => `10.88.100.${1 + index}`)
  const machine = await lab.node('machine', { addresses, settings: ['MaxStartups 1000'] })
  const hosts = Object.fromEntries(
    names.map((name, index) => [name, [`HostName ${addresses[index]}`, 'HostKeyAlias machine']]),
  )
  return { lab, machine, names, config: lab.configure({ hosts }) }
}

/** What we ask of V8 is new, which is no error of kntop's. */
const quiet = 'NODE_OPTIONS=--disable-warning=ExperimentalWarning'

const watching = async (transport: string, size: number) => {
  const { lab, machine, names, config } = await machineOf(size)
  const flags = { hosts: names.join(','), sshConfig: config, transport }
  const program = start([
    ...lab.enter,
    'env',
    '-u',
    'SSH_AUTH_SOCK',
    quiet,
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
  await allLive(size)
  return {
    program,
    logins: () => lived.logins,
    /** Cuts all connections; settles when all are back. */
    cutAll: async (): Promise<void> => {
      const before = lived.logins
      await machine.sessions.signal('KILL')
      await allLive(before + size)
    },
    measure: async (): Promise<Held> => {
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
  ['openssh', 6, 12],
] as const)(
  '%s: %i nodes that are cut %i times hold no more in the end than before',
  async (transport, size, cuts) => {
    const watched = await watching(transport, size)
    const held: Held[] = []
    for (let cut = 1; cut <= cuts; cut += 1) {
      await watched.cutAll()
      // To measure takes a second; before the middle everything that is made once is made.
      if (cut > cuts / 2 && cut % 2 === 0) held.push(await watched.measure())
    }
    expect(watched.logins()).toBeGreaterThanOrEqual(size * (cuts + 1))
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
  },
  600_000,
)
