import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolve } from '../../../source/config/resolve.ts'
import { commandsIn } from '../../../source/modes/commands.ts'
import type { Entry } from '../../../source/nodes/inventory-entry.ts'
import { matcherOf, type NodeProgram } from '../../../source/nodes/programs/programs.ts'
import { type Deed, offences } from '../../strace/judge.ts'
import { finish } from '../../system/support/finish.ts'
import { workloadsReady } from '../workloads.ts'
import { build } from './kntop.ts'
import { bySsh, type Login, logins, makeLogins, permitSudo, removeLogins, sshConfigFor } from './read-only/logins.ts'
import { changes, type NodeState, nodeState, tracingInstances } from './read-only/state.ts'
import { tour } from './read-only/tour.ts'
import { type TracedSshd, traceSshd } from './read-only/traced-sshd.ts'
import { withLab } from './with-lab.ts'

/** What `kntop commands --output json` prints, for who only has that. */
const printed = (output: 'json' | 'sudoers', sudo: Login['sudo']): string =>
  commandsIn(output, resolve({ flags: { sudo }, environment: {} }, null), 'viewer')

const listed = (sudo: Login['sudo']): readonly Entry[] => JSON.parse(printed('json', sudo)) as readonly Entry[]

const programsOf = (entries: readonly Pick<Entry, 'runs'>[]): readonly NodeProgram[] =>
  entries.flatMap(({ runs }) => runs.flatMap((run) => run.programs))

const words = ({ line, kind, argv, call, paths }: Deed): string =>
  `${kind} ${kind === 'runs' ? '' : `${call}(${paths.join(' ')}) by `}${argv.map((word) => word.slice(0, 60)).join(' ')} | below: ${line.slice(0, 40)}`

const isUsual = ({ line }: Deed): boolean => line === 'true'

/** What was done and may not be, in words. */
const found = (deeds: readonly Deed[], entries: readonly Entry[]): readonly string[] => [
  ...new Set(
    offences(deeds, {
      isListed: matcherOf(programsOf(entries)),
      usual: deeds.filter(isUsual),
      folders: logins.map(({ folder }) => folder),
    }).map(words),
  ),
]

const nameOf = ({ probe, tier }: Entry): string => `${probe}, ${tier}`

/** Entries of which no program was started. What several have, such as the head of a pipe, speaks for none of them. */
const neverRun = (deeds: readonly Deed[], entries: readonly Entry[]): readonly string[] => {
  const all = entries
    .filter(({ runs }) => runs.length > 0)
    .map((entry) => ({ name: nameOf(entry), isOne: matcherOf(programsOf([entry])) }))
  const programs = new Map(deeds.flatMap(({ kind, argv }) => (kind === 'runs' ? [[argv.join('\0'), argv]] : [])))
  const seen = new Set(
    [...programs.values()].flatMap((argv) => {
      const [one, ...others] = all.filter(({ isOne }) => isOne(argv))
      return one === undefined || others.length > 0 ? [] : [one.name]
    }),
  )
  return all.map(({ name }) => name).filter((name) => !seen.has(name))
}

/** What is not run for a login, by entries; `perhaps`: may not be. */
interface Idle {
  readonly never: readonly string[]
  readonly perhaps: readonly string[]
}

// Where a kernel tells of its drops in a file, nobody asks the tool for them.
const untold = 'conntrack, conntrack -S'

const asRoot: Idle = {
  never: [untold],
  // The host's sockets are listed only until those of all namespaces have been read.
  perhaps: ['rtt, ss'],
}

const asUser: Idle = {
  never: [
    untold,
    // It enters namespaces, and is a program text: sudo lets no interpreter pass.
    'rtt, sock_diag',
    // That it takes root is said before its first command.
    'namespace, rules',
  ],
  perhaps: [],
}

const idleFor = ({ user, sudo }: Login): Idle => (user === 'root' || sudo === 'root' ? asRoot : asUser)

/** What runs on every node, and only where sudo has let it; under `root` the question whether it does is `:`. */
const bySudo: Readonly<Record<Login['sudo'], (argv: readonly string[]) => boolean>> = {
  none: () => true,
  commands: ([name]) => name === '/usr/bin/timeout',
  root: (argv) => argv[0] === 'sudo' && argv.at(-1) !== ':',
}

/** Whether what is compared is there at all. */
const expectWhole = (states: readonly NodeState[]): void => {
  for (const namespaces of states) {
    expect(namespaces.size).toBeGreaterThan(2)
    for (const { sysctls, promiscuity } of namespaces.values()) {
      expect(sysctls.length).toBeGreaterThan(500)
      expect(promiscuity).toContain('lo 0')
    }
    const rules = [...namespaces.values()].flatMap((one) => one.rules)
    expect(rules.filter((rule) => rule.includes('KUBE-SERVICES'))).not.toEqual([])
  }
}

describe('kntop, on the nodes of the lab', () => {
  withLab((lab) => {
    const traced: TracedSshd[] = []
    const state = () => Promise.all(lab.nodes.map(nodeState))

    beforeAll(async () => {
      await build()
      await workloadsReady(lab.kubectl)
      for (const node of lab.nodes) {
        await makeLogins(node)
        traced.push(await traceSshd(node))
      }
    })
    afterAll(async () => {
      for (const one of traced) await one.stop()
      for (const node of lab.nodes) await removeLogins(node)
    })
    /** What was done from now on, by node. */
    const deedsFromNow = (): (() => readonly (readonly Deed[])[]) => {
      const before = traced.map((one) => one.deeds().length)
      return () => traced.map((one, index) => one.deeds().slice(before[index]))
    }

    /** What is there once nobody else changes it: what went before may not have reached the rules of every node yet. */
    const steady = async (): Promise<readonly NodeState[]> => {
      let last = await state()
      const changedMeanwhile = async (): Promise<readonly string[]> => {
        const before = last
        last = await state()
        return changes(before, last)
      }
      await expect.poll(changedMeanwhile, { interval: 2000 }).toEqual([])
      return last
    }

    /** kntop from its start to its end. What it did and what it left must hold in every run, whether sudo let it or not. */
    const watched = async (login: Login, config: string) => {
      const deeds = deedsFromNow()
      const entries = listed(login.sudo)
      const { never, perhaps } = idleFor(login)
      for (const node of lab.nodes) expect(await finish(bySsh(config, node, 'true'))).toMatchObject({ status: 0 })
      const before = { state: await steady(), instances: await tracingInstances() }
      expectWhole(before.state)
      const at = await tour(lab, lab.node('worker-1'), config, login)
      const now = () => {
        const [done, isPerhaps] = [deeds(), new Set(perhaps)]
        const isLet = (own: readonly Deed[]): boolean =>
          own.some(({ kind, argv }) => kind === 'runs' && bySudo[login.sudo](argv))
        return {
          unlet: lab.nodes.flatMap(({ name }, index) => (isLet(done[index] ?? []) ? [] : [name])),
          idle: neverRun(done.flat(), entries).filter((name) => !isPerhaps.has(name)),
        }
      }
      const wanted = { unlet: [], idle: never }
      // What has not run by then is told by who called: what must hold anyway comes first.
      await expect
        .poll(now, { interval: 2000 })
        .toEqual(wanted)
        .catch(() => undefined)
      const outcome = { ...now(), screen: at.emulator.text().join('\n') }
      at.pty.write('\u0003\u0003')
      await expect.poll(() => at.exitCode()).toBe(0)
      expect(found(deeds().flat(), entries)).toEqual([])
      // A cluster changes by itself, too: where a probe of a pod is late on a busy machine, its rules go, and come again.
      await expect.poll(() => state().then((after) => changes(before.state, after)), { interval: 2000 }).toEqual([])
      expect(await tracingInstances()).toBe(before.instances)
      return { ...outcome, wanted }
    }

    test.for(logins)('starts what it says, and changes nothing: logged in as $user, --sudo $sudo', async (login) => {
      const config = sshConfigFor(lab, login)
      for (const node of lab.nodes) await permitSudo(node, login.sudo === 'none' ? '' : printed('sudoers', login.sudo))
      const first = await watched(login, config)
      // Under strace on a busy machine sudo may take the 10 s that kntop gives it, and a tier may wait longer than we do: what
      // did not run is given one more run. What must not be holds in both.
      const ranAll = first.unlet.length === 0 && isDeepStrictEqual(first.idle, first.wanted.idle)
      const { screen, wanted, ...outcome } = ranAll ? first : await watched(login, config)
      expect(outcome, `at the end, on the screen: ${screen}`).toEqual(wanted)
    })

    test('is held against what would tell of a write, and of a program that is not listed', async () => {
      const config = sshConfigFor(lab, { user: 'root', sudo: 'none', folder: '' })
      const deeds = deedsFromNow()
      const lines = [
        'touch /tmp/x',
        "sh -c 'echo > /tmp/file'",
        'nft list ruleset',
        'sh -c "(rm /tmp/x /tmp/file; :) & wait"',
      ]
      for (const line of lines) await finish(bySsh(config, lab.node('worker-1'), line))
      const after = found(deeds().flat(), listed('none')).join('\n')
      expect(after).toMatch(/^runs touch \/tmp\/x/m)
      expect(after).toMatch(/^changes openat\(\/tmp\/x\) by touch/m)
      expect(after).toMatch(/^runs sh -c echo > \/tmp\/file/m)
      expect(after).toMatch(/^changes openat\(\/tmp\/file\) by sh/m)
      expect(after).toMatch(/^runs nft list ruleset/m)
      expect(after).toMatch(/^changes unlinkat?\(\/tmp\/file\) by rm/m)
    })
  })
})
