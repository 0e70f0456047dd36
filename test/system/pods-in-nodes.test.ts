import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { MetricId } from '../../source/metrics/catalogue.ts'
import { requireKernel } from './support/kernel.ts'
import { makeMachine } from './support/machine.ts'
import { type Watched, watch } from './support/watch.ts'

const talker = fileURLToPath(new URL('programs/lossy.pl', import.meta.url))

const lossOf = (percent: number): string => `nft add table inet t
nft 'add chain inet t c { type filter hook input priority 0; }'
nft add rule inet t c meta l4proto tcp numgen random mod 100 '<' ${percent} drop`

/** How many namespaces a figure speaks for, as `3 of 4`; empty while it is the host's alone. */
const scopeOf = (watched: Watched, metric: MetricId): string => {
  const reading = watched.reading(metric)
  if (reading.kind === 'missing') return ''
  const { scope, namespaces } = reading
  return scope === 'node' ? `${namespaces?.read} of ${namespaces?.of}` : ''
}

/** Whose a figure is, and what is said of how it is taken. */
const wordsOf = (watched: Watched): string => {
  const reading = watched.reading('tcp.resets')
  return reading.kind === 'missing' ? '' : `${reading.scope}: ${reading.tier}`
}

/** Waits for the next search, which a busy machine has every minute only. */
const speaksFor = async (watched: Watched, words: string): Promise<void> => {
  await expect.poll(() => scopeOf(watched, 'tcp.resets'), { timeout: 100_000 }).toBe(words)
}

describe('the figures of a node', () => {
  test('include what is lost inside a pod, and stay what they were as pods come and go', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const machine = await makeMachine()
    const quiet = machine.pod('exec perl "$1"', [talker])
    await quiet.said(/^talking/)
    const watched = await watch(machine)
    await speaksFor(watched, '2 of 2')
    const share = (): number => watched.node().value('tcp.retransmit_share')
    await expect.poll(share, { timeout: 30_000 }).toBe(0)

    const lossy = machine.pod(`${lossOf(10)}\nexec perl "$1"`, [talker])
    await lossy.said(/^talking/)
    await speaksFor(watched, '3 of 3')
    await expect.poll(share, { timeout: 60_000 }).toBeGreaterThan(1)
    const reading = watched.reading('tcp.retransmit_share')
    expect(reading).toMatchObject({ kind: 'live', scope: 'node', namespaces: { read: 3, of: 3 } })
    expect(reading.kind === 'live' && (reading.observations ?? 0) > 200).toBe(true)

    lossy.end()
    await speaksFor(watched, '2 of 2')
    await expect.poll(share, { timeout: 60_000 }).toBe(0)
    for (const metric of ['tcp.retransmit_share', 'tcp.resets', 'udp.datagrams_out'] as const)
      for (const { value } of watched.taken(metric)) {
        expect(value, metric).toBeGreaterThanOrEqual(0)
        // What a pod had counted before it was found is not counted when it is.
        expect(value, metric).toBeLessThan(100)
      }
  }, 400_000)

  test('count a pod whose process has an odd name, until it ends', async () => {
    const machine = await makeMachine()
    const odd = machine.pod(
      `exec perl -e '$| = 1; open(my $f, ">", "/proc/self/comm"); print $f "x) R 1\\n2"; close $f; print "there\\n"; sleep 1000'`,
    )
    await odd.said(/^there/)
    const watched = await watch(machine)
    await speaksFor(watched, '2 of 2')
    odd.end()
    await speaksFor(watched, '1 of 1')
    expect(watched.node().value('tcp.resets')).toBe(0)
  }, 300_000)

  test('include the pods without any right, and not where other users’ processes are hidden', async () => {
    const machine = await makeMachine()
    const pod = machine.pod('echo there; exec sleep 1000')
    await pod.said(/^there/)
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']
    const plain = await watch({ enter: [...machine.enter, ...asNobody] })
    await speaksFor(plain, '2 of 2')
    await plain.end()
    const hide = `mount -t proc -o hidepid=2 proc /proc; exec ${asNobody.join(' ')} "$@"`
    const mounts = ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', hide, 'sh']
    const hidden = await watch({ enter: [...machine.enter, ...mounts] })
    await expect.poll(() => wordsOf(hidden), { timeout: 30_000 }).toMatch(/^host: proc, host only: .*hidepid/)
  })

  test('are those of the host alone where kntop is in another namespace than process 1, and say so', async () => {
    const machine = await makeMachine()
    const watched = await watch({ enter: [...machine.enter, 'unshare', '--net', '--'] })
    await expect
      .poll(() => wordsOf(watched), { timeout: 30_000 })
      .toMatch(/^host: proc, host only: kntop runs in another network/)
  })

  test('tell of a conntrack table that a pod has of its own', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const machine = await makeMachine()
    const pod = machine.pod(
      `nft add table inet t; nft 'add chain inet t c { type filter hook output priority 0; }'
nft add rule inet t c ct state new counter
exec perl "$1"`,
      [talker],
    )
    await pod.said(/^talking/)
    const watched = await watch(machine)
    const advice = (): string => {
      const reading = watched.reading('conntrack.pod_entries')
      return reading.kind === 'missing' ? reading.advice : `${reading.value}`
    }
    // It is in no pod's control group, so that it is nobody's.
    await expect.poll(advice, { timeout: 30_000 }).toMatch(/No pod of this node/)
  })
})
