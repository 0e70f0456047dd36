import { copyFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isHostName } from '../../../source/events/subject.ts'
import { makeKey } from './keys.ts'
import { type Lab, makeLab } from './lab.ts'
import type { NodeOptions, SshNode } from './nodes.ts'
import { type WatchedHosts, watchHosts } from './watched-hosts.ts'

/** A node to which something happens, and what is to come of it. */
interface Fault {
  readonly options?: Partial<NodeOptions>
  readonly happens: (node: SshNode, it: Seen) => Promise<void>
}

/** A node as it is seen while something happens to it. */
interface Seen {
  readonly lab: Lab
  readonly watched: WatchedHosts
  readonly name: string
  /** Every state of the link since it was live first. */
  history(): readonly string[]
  /** Waits until its link has come to this. */
  has(said: RegExp): Promise<void>
  /** Waits until it is live by one more login. */
  isBack(logins: number): Promise<void>
  /** It goes on, as if nothing had happened. */
  goesOn(): Promise<void>
  /** Tries again at once. */
  retry(): void
}

/** Shorter than people have it, so that a fault is noticed while a test waits. */
const impatient = ['ServerAliveInterval 1', 'ServerAliveCountMax 3', 'ConnectTimeout 5']

const seenOf = (lab: Lab, watched: WatchedHosts, name: string): Seen => {
  const history = (): readonly string[] => watched.history(name).slice(2)
  return {
    lab,
    watched,
    name,
    history,
    has: async (said) => {
      await expect.poll(() => history().join('\n'), { timeout: 40_000, message: name }).toMatch(said)
    },
    isBack: async (logins) => {
      await watched.until(name, ({ link }) => link.state === 'live' && link.logins === logins, 60_000)
      await watched.moreTicks(name, 2)
    },
    goesOn: async () => {
      await watched.moreTicks(name, 4)
      expect(history(), name).toEqual([])
    },
    retry: () => watched.order({ retry: [name].filter(isHostName) }),
  }
}

/** Sessions of ours, by the processes that bear the user's name. */
const sessionsOf = async (node: SshNode): Promise<readonly string[]> =>
  (await node.visitors()).filter(({ command }) => /^sshd: karin(@|$)/.test(command)).map(({ command }) => command)

const faults: Readonly<Record<string, Fault>> = {
  'listener-killed': {
    async happens(node, it) {
      await node.listener.signal('KILL')
      await it.goesOn()
      await node.sessions.signal('KILL')
      await it.has(/^lost: refused: nothing listens there/m)
      await node.listener.start()
      await it.isBack(2)
    },
  },
  'listener-frozen': {
    async happens(node, it) {
      await node.listener.signal('STOP')
      await it.goesOn()
      await node.sessions.signal('KILL')
      await it.has(/^lost: accepts connections and says nothing: sshd hangs/m)
      await node.listener.signal('CONT')
      await it.isBack(2)
    },
  },
  'session-killed': {
    async happens(node, it) {
      await node.sessions.signal('KILL')
      await it.isBack(2)
      expect(it.history()[0]).toMatch(/^lost: (closed by the server|reset: the connection was cut)/)
      expect(node.logins()).toEqual({ contacts: 2, accepted: 2, failed: 0 })
    },
  },
  'session-frozen': {
    async happens(node, it) {
      const frozen = await node.sessions.pids()
      await node.sessions.signal('STOP')
      await it.has(/^lost: no answer to keepalives: the network or the host is gone/m)
      await it.isBack(2)
      // The signal that ends it waits for it.
      await node.run(['sh', '-c', 'kill -CONT "$@"', 'sh', ...frozen.map(String)])
      await expect.poll(() => sessionsOf(node), { timeout: 20_000, message: it.name }).toHaveLength(1)
      await it.watched.moreTicks(it.name, 2)
    },
  },
  'tcp-reset': {
    async happens(node, it) {
      await node.resetConnections()
      await it.has(/^lost: reset: the connection was cut/m)
      await it.has(/^lost: refused/m)
      await node.unreset()
      await it.isBack(2)
    },
  },
  'black-hole': {
    async happens(node, it) {
      await node.dropPackets()
      await it.has(/^lost: no answer to keepalives/m)
      await it.has(/^lost: does not answer: a firewall drops packets, or the host is down/m)
      await node.undrop()
      await it.isBack(2)
    },
  },
  'interface-down': {
    async happens(node, it) {
      await node.interfaceDown()
      await it.has(/^lost: no answer to keepalives/m)
      await it.has(/^lost: (unreachable: no route to the host|does not answer)/m)
      await node.interfaceUp()
      await it.isBack(2)
    },
  },
  rekey: {
    options: { settings: ['RekeyLimit 16K 1', 'LogLevel DEBUG1'] },
    async happens(node, it) {
      const rekeys = (): number => node.log().match(/set_newkeys: rekeying/g)?.length ?? 0
      await expect.poll(rekeys, { timeout: 30_000 }).toBeGreaterThan(6)
      await it.goesOn()
      expect(node.logins()).toMatchObject({ contacts: 1, accepted: 1 })
    },
  },
  'key-rotated': {
    async happens(node, it) {
      const other = await makeKey(it.lab.folder, 'rotated')
      copyFileSync(other, node.hostKey)
      await node.listener.signal('HUP')
      await it.goesOn()
      await node.sessions.signal('KILL')
      await it.has(
        /^denied: HOST KEY CHANGED: .*key-rotated.*known_hosts:\d+ knows another ssh-ed25519.*ssh-keygen -R/m,
      )
      expect(node.logins()).toMatchObject({ accepted: 1, failed: 0 })
      expect(it.history().join('\n')).not.toMatch(/openssh/)
    },
  },
  'ten-cuts': {
    async happens(node, it) {
      const begun = performance.now()
      for (let cut = 1; cut <= 10; cut += 1) {
        await node.dropPackets()
        await it.watched.until(it.name, ({ link }) => link.state !== 'live', 30_000)
        await node.undrop()
        it.retry()
        await it.isBack(1 + cut)
      }
      expect(performance.now() - begun).toBeLessThan(120_000)
      await expect.poll(() => sessionsOf(node), { timeout: 20_000, message: it.name }).toHaveLength(1)
      expect(node.logins()).toMatchObject({ failed: 0 })
    },
  },
}

describe('faults of single nodes', () => {
  test('have a plain cause each, pass, and disturb nobody else', async () => {
    const lab = await makeLab()
    const nodes = new Map<string, SshNode>()
    for (const [name, { options = {} }] of Object.entries(faults)) nodes.set(name, await lab.node(name, options))
    await lab.node('calm')
    const watched = watchHosts(lab, lab.configure({ first: impatient }), [...nodes.keys(), 'calm'])
    for (const name of [...nodes.keys(), 'calm']) await watched.live(name)
    expect(watched.history('calm')).toEqual(['connecting: ', 'live: '])

    const outcomes = await Promise.allSettled(
      Object.entries(faults).map(async ([name, { happens }]) => {
        const node = nodes.get(name)
        if (node !== undefined) await happens(node, seenOf(lab, watched, name))
      }),
    )
    const failures = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [`${Object.keys(faults)[index]}: ${String(outcome.reason)}`] : [],
    )
    expect(failures).toEqual([])
    expect(watched.history('calm')).toEqual(['connecting: ', 'live: '])
    expect(watched.program.errors()).toBe('')
  }, 180_000)
})
