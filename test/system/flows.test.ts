import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Inquiry, inquiryKey, type Report } from '../../source/events/inquiry.ts'
import type { FlowsLook } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { createInquiries } from '../../source/nodes/inquiries.ts'
import { rootCommands } from '../../source/nodes/inventory.ts'
import { lookScript } from '../../source/nodes/namespaces/find-script.ts'
import { flowsLook } from '../../source/nodes/namespaces/flows.ts'
import { isBlind } from '../../source/nodes/namespaces/look-kind.ts'
import { sectionsOf } from '../../source/nodes/namespaces/sections.ts'
import { createSudoGate } from '../../source/nodes/privilege/sudo-gate.ts'
import { sudoersText } from '../../source/nodes/privilege/sudoers.ts'
import { probes } from '../../source/nodes/probes.ts'
import { clean } from '../../source/text/clean.ts'
import { type Running } from './support/command.ts'
import { counted, load, sendFlows, track } from './support/conntrack.ts'
import { requireKernel } from './support/kernel.ts'
import { makeNamespace, type Namespace } from './support/namespace.ts'
import { makeSudoer, sudoerName } from './support/sudoer.ts'

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

/** A process that looks like one that lists a table: its name, and its arguments. */
const seemsToList = async ({ start }: Namespace, ...enter: readonly string[]): Promise<Running> => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'conntrack')
  copyFileSync('/bin/busybox', program)
  const running = start([
    'env',
    ...enter,
    'bash',
    '-c',
    `exec -a sh ${program} -c 'echo there; read line' sh -L -f ipv4`,
  ])
  await running.said(/^there$/)
  return running
}

describe('one listing at a time', () => {
  test('is what somebody waits for who lists the same table', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const namespace = await tracked('flows')
    await seemsToList(namespace)
    await expect(lookAt(namespace)).rejects.toThrow('one at a time')
  })

  test('is held up by no container, which has processes of its own and mostly a network of its own', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const namespace = await tracked('flows')
    await seemsToList(await makeNamespace('other'))
    await seemsToList(namespace, 'unshare', '--pid', '--fork', '--kill-child')
    expect((await lookAt(namespace)).listed?.flows.total).toBe(await counted(namespace))
  })
})

describe('who fills the table, asked by a user', () => {
  const inquiry: Inquiry = { node: 'watched' as NodeName, place: { kind: 'host' }, tab: 'flows' }
  const fragment = sudoersText(rootCommands(probes, { etcdMetrics: [], ownPeers: [] }), sudoerName)

  /** What comes of one look with `--sudo commands`. */
  const asked = async (namespace: Namespace, as: readonly string[]): Promise<() => Report | undefined> => {
    let last: Report | undefined
    const connection = await connectLocal()
    const through: typeof connection = {
      ...connection,
      stream: ({ argv, ...program }, signal) =>
        connection.stream({ ...program, argv: [...namespace.enter, ...as, ...argv] as unknown as typeof argv }, signal),
    }
    const now = (): number => performance.now()
    const inquiries = createInquiries({
      now,
      sudo: { setting: 'commands', gate: createSudoGate(now) },
      emit(events) {
        for (const event of events)
          if (event.type === 'report' && event.key === inquiryKey(inquiry)) last = event.report
      },
    })
    inquiries.over(through, clean(''))
    inquiries.ask([inquiry])
    onTestFinished(async () => {
      inquiries.ask([])
      connection.close()
      await connection.closed
    })
    return () => last
  }

  const loaded = async (): Promise<Namespace> => {
    const namespace = await tracked('flows')
    await load(namespace, 0, 500)
    const six = 'conntrack -I -p tcp -s fd00::7 -d fd00::a --sport 4000 --dport 443 --state ESTABLISHED -t 600'
    await namespace.run(['sh', '-c', six])
    return namespace
  }

  test.each(['use_pty', '!use_pty'])('who has the printed fragment is told as to root (%s)', async (pty) => {
    const as = makeSudoer(`${fragment}\nDefaults:${sudoerName} ${pty}\n`)
    const report = await asked(await loaded(), as)
    await expect.poll(report, { timeout: 20_000 }).toMatchObject({
      state: 'live',
      look: {
        footing: { right: 'user' },
        lacks: [],
        listed: { flows: { total: 501, rest: 201 }, began: { total: 0, isLossy: false } },
      },
    })
  })

  test('and has not is told the line that is missing', async () => {
    const as = makeSudoer(undefined)
    const report = await asked(await loaded(), as)
    await expect.poll(report, { timeout: 20_000 }).toMatchObject({
      state: 'refused',
      cause: expect.stringMatching(
        /^sudo: a password is required: give the node what kntop commands --output sudoers \(here \/usr\/bin\/timeout 25 \/usr\/sbin\/conntrack -L -f ipv4 is missing\) prints/,
      ) as unknown,
    })
  })

  test('and has a part of it is told the rest, and the line of what is missing', async () => {
    const as = makeSudoer(fragment.replace(/, \\\n.*conntrack -E.*/, ''))
    const report = await asked(await loaded(), as)
    await expect.poll(report, { timeout: 20_000 }).toMatchObject({
      state: 'live',
      look: {
        lacks: [
          {
            what: 'who opens new connections',
            advice: expect.stringMatching(
              /^sudo: .*: \/etc\/sudoers\.d\/kntop lacks \/usr\/bin\/timeout 5 \/usr\/sbin\/conntrack -E -e NEW -b 2097152/,
            ) as unknown,
          },
        ],
        listed: { flows: { total: 501 } },
      },
    })
  })
})
