import { describe, expect, test } from 'vitest'
import type { FlowsLook } from '../../source/events/looks.ts'
import { lookScript } from '../../source/nodes/namespaces/find-script.ts'
import { flowsLook } from '../../source/nodes/namespaces/flows.ts'
import { isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { sectionsOf } from '../../source/nodes/namespaces/sections.ts'
import { clean } from '../../source/text/clean.ts'
import { counted, load, sendFlows, track } from './support/conntrack.ts'
import { requireKernel } from './support/kernel.ts'
import { makeNamespace, type Namespace } from './support/namespace.ts'

const host = { kind: 'host' } as const

/** A look at the table of a namespace, as root. */
const lookAt = async ({ run }: Namespace, consent = '', uid = 0): Promise<FlowsLook> => {
  const { script, marker } = lookScript({ ...flowsLook, script: `consent=${consent}\n${flowsLook.script}` }, host)
  const text = await run(['sh', '-c', `uid=${uid} LC_ALL=C; export LC_ALL\n( ${script.text} )`, 'sh', ...script.args])
  const footing = { way: clean(''), pid: 1, right: 'root', isHost: true } as const
  const look = flowsLook.read({ footing, sections: sectionsOf(text, marker), place: host, cut: false }, undefined)
  if (isBlind(look)) throw new Error(look.cause)
  return look
}

const tracked = async (name: string): Promise<Namespace> => {
  const namespace = await makeNamespace(name)
  await track(namespace)
  return namespace
}

describe('who fills the table of a namespace', () => {
  test('adds up to conntrack -C, with who opens new connections meanwhile', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const namespace = await tracked('flows')
    await load(namespace, 0, 3000)
    const six = 'conntrack -I -p tcp -s fd00::7 -d fd00::a --dport 443 --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 600'
    for (const port of [4000, 4001, 4002]) await namespace.run(['sh', '-c', `${six} --sport ${port}`])
    const before = await counted(namespace)
    const looking = lookAt(namespace)
    // The listener is there once a socket of netfilter's netlink (12) is in the group of new connections (1).
    const listeners = `awk '$2 == 12 && $4 == "00000001"' /proc/net/netlink`
    await expect.poll(() => namespace.run(['sh', '-c', listeners]), { timeout: 5000 }).not.toBe('')
    await sendFlows(namespace, 200)
    const { listed, entries } = await looking
    expect(entries).toBe(before)
    // Some of the new ones may have begun while it was still listed.
    expect(listed?.flows.total).toBeGreaterThanOrEqual(before)
    expect(listed?.flows.total).toBeLessThanOrEqual(before + 200)
    expect(listed?.flows.groups).toContainEqual(
      expect.objectContaining({ source: 'fd00::7', destination: 'fd00::a', port: 443, standing: 'assured', count: 3 }),
    )
    // All at once are more than a listener is always given; then that is said.
    expect(listed?.began?.total).toBeGreaterThanOrEqual(listed?.began?.isLossy === true ? 100 : 200)
    expect(listed?.began?.groups[0]).toMatchObject({ source: '127.0.0.1', protocol: 'udp', timeout: 30 })
  })

  test('above 50,000 entries is told after a consent only', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const namespace = await tracked('flows')
    await load(namespace, 0, 60_000)
    const question = await lookAt(namespace)
    expect(question.entries).toBe(60_000)
    expect(question).not.toHaveProperty('listed')
    const { listed } = await lookAt(namespace, 'given')
    expect(listed?.flows.total).toBe(60_000)
    expect(listed?.cost).toBeGreaterThan(0)
  })

  test('is told to root only, and where connections are tracked', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    await expect(lookAt(await tracked('flows'), '', 1000)).rejects.toThrow('root only')
  })
})
