import { describe, expect, test } from 'vitest'
import { finish } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'
import { faults } from '../faults.ts'
import { workloadsReady } from '../workloads.ts'
import * as oracle from './oracles.ts'
import { withLab } from './with-lab.ts'

/** How a fault is seen by a tool that knows nothing of the lab; false on a lab where nothing is wrong. */
const seen: Readonly<Record<string, (lab: Lab, where: string) => Promise<boolean>>> = {
  'slow-disk': async (lab, where) => (await oracle.meanSync(lab.node(where))) > 15,
  'slow-link': async (lab, where) => (await oracle.peerRtts(lab.node(where))).some((rtt) => rtt > 50),
  loss: async (lab, where) => (await oracle.growth(() => oracle.retransmits(lab.node(where)), 5)) > 0,
  'pod-loss': async (lab, where) => (await oracle.growth(() => oracle.podRetransmits(lab, lab.node(where)), 5)) > 0,
  'conntrack-full': async (lab, where) =>
    (await oracle.growth(() => oracle.conntrackCounter(lab.node(where), 'drop'))) > 100,
  'conntrack-crowded': async (lab, where) =>
    (await oracle.growth(() => oracle.conntrackCounter(lab.node(where), 'early_drop'))) > 100,
  'throttled-dns': async (lab) => {
    const [pod] = await oracle.podsOf(lab, 'k8s-app=kube-dns', 'kube-system')
    return (await oracle.growth(() => oracle.throttled(lab.node(pod?.node ?? '')))) > 5
  },
  'dead-node': async (lab, where) =>
    lab.node(where).init() === undefined && !(await oracle.answersSsh(lab, lab.node(where))),
  'black-hole': async (lab, where) => {
    const carrier = (await lab.node(where).run(['cat', '/sys/class/net/eth0/carrier'])).trim()
    return carrier === '1' && !(await oracle.answersSsh(lab, lab.node(where)))
  },
  'api-down': (lab) => fails(lab, /refused/),
  'api-frozen': (lab) => fails(lab, /deadline|timeout|Timeout/),
  'no-permission': async (lab, where) => {
    const kubectl = `${lab.state.programs}/kubectl`
    const { stdout } = await finish([kubectl, '--kubeconfig', lab.kubeconfig, 'auth', 'can-i', 'list', where])
    return stdout.trim() === 'no'
  },
}

const fails = (lab: Lab, cause: RegExp): Promise<boolean> =>
  lab.kubectl(['get', '--raw=/readyz', '--request-timeout=2s']).then(
    () => false,
    (error: unknown) => cause.test(String(error)),
  )

describe('a fault of the lab', () => {
  withLab((lab) => {
    test('has an oracle', () => {
      expect(Object.keys(seen).toSorted()).toEqual(faults.map(({ name }) => name).toSorted())
    })

    test.for(faults)(
      '$name is seen while it is on, and not before and after',
      async ({ name, usual }, { onTestFinished }) => {
        const where = usual(lab)
        const look = (): Promise<boolean> =>
          seen[name]?.(lab, where) ?? Promise.reject(new Error(`${name} has no oracle`))
        await expect.poll(look, { timeout: 60_000 }).toBe(false)
        await lab.fault(name, where, true)
        let isOn = true
        onTestFinished(async () => {
          if (isOn) await lab.fault(name, where, false)
        })
        await expect.poll(look, { timeout: 60_000 }).toBe(true)
        await expect(lab.fault(name, where, true)).rejects.toThrow('on already')
        await lab.fault(name, where, false)
        isOn = false
        await expect.poll(look, { timeout: 60_000 }).toBe(false)
        await expect(lab.fault(name, where, false)).rejects.toThrow('not on')
        await workloadsReady(lab.kubectl)
      },
    )

    test('that is none is refused, and those that are named', async () => {
      await expect(lab.fault('bad-luck', undefined, true)).rejects.toThrow(/bad-luck is no fault: slow-disk, /)
      await expect(lab.fault('loss', 'worker-99', true)).rejects.toThrow(/worker-99 is no node of the lab: cp-1, /)
    })
  })
})
