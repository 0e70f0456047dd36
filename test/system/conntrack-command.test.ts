import { expect, test } from 'vitest'
import { assured, load, maximum, sendFlows, statistic, track } from './support/conntrack.ts'
import { requireKernel } from './support/kernel.ts'
import { makeNamespace } from './support/namespace.ts'
import { beside, note } from './support/oracle.ts'
import { replaced } from './support/replaced.ts'
import { watch } from './support/watch.ts'

/**
 * Stands for an awk under whose eyes /proc/net/stat/nf_conntrack is not there, as on a kernel without
 * CONFIG_NF_CONNTRACK_PROCFS. No mount can hide the file: each process has a /proc/net of its own.
 */
const blind = (awk: string): string => `
for word do
  shift
  case $word in *stat/nf_conntrack*) word=$(printf '%s\\n' "$word" | sed s,stat/nf_conntrack,stat/not_there,g);; esac
  set -- "$@" "$word"
done
exec ${awk} "$@"`

test('where the kernel shows its counters in no file, conntrack -S tells the drops, and their number is the same', async (context) => {
  await requireKernel(context, 'connection tracking in a namespace', 'a limit of tracked connections')
  const namespace = await makeNamespace('blind')
  await track(namespace)
  // What kntop itself asks by TCP, looking for etcd, is not tracked: it would be refused too, and move the oracle.
  await namespace.run(['nft', 'add chain inet t raw { type filter hook output priority raw; }'])
  await namespace.run(['nft', 'add rule inet t raw meta l4proto tcp notrack'])
  const watched = await watch({ enter: [...namespace.enter, ...(await replaced('awk', blind))] })
  await watched.until('a first run of conntrack -S', (node) => node.reading('conntrack.drop').kind !== 'missing')
  await load(namespace, 0, maximum(), assured)
  await sendFlows(namespace, 1000)

  const { oracle, ours } = await beside(
    () => statistic(namespace, 'drop'),
    async () => {
      await watched.sampleNow()
      return watched.total('conntrack.drop')
    },
  )
  note('conntrack.drop by conntrack -S, added up', ours, oracle)
  expect(oracle).toBeGreaterThanOrEqual(1000)
  expect(ours).toBeCloseTo(oracle, 6)
  expect(watched.reading('conntrack.drop')).toMatchObject({
    kind: 'live',
    tier: expect.stringMatching(/^conntrack -S/) as unknown,
  })
  // The table itself is still read from files.
  expect(watched.reading('conntrack.fill')).toMatchObject({ kind: 'live', tier: 'proc' })
})
