import { beforeAll, describe, expect, test } from 'vitest'
import { nameOf } from '../../../source/events/names.ts'
import type { JsonNode } from '../../../source/export/json.ts'
import type { LabNode } from '../node.ts'
import { build, type Watching, watchLab } from './kntop.ts'
import { podOf } from './looking.ts'
import { podsOf } from './oracles.ts'
import { withLab } from './with-lab.ts'

beforeAll(async () => {
  await build()
})

/** Network namespaces of a node, as the links of its processes tell. */
const namespacesOf = async (node: LabNode): Promise<number> =>
  new Set((await node.run(['sh', '-c', 'readlink /proc/[0-9]*/ns/net || :'])).split('\n').filter(Boolean)).size

const countedIn = (node: JsonNode | undefined): readonly unknown[] => {
  const reading = node?.readings['tcp.resets']
  if (reading === undefined || 'missing' in reading) return []
  return [reading.scope, reading.namespaces?.read, reading.namespaces?.of]
}

/** Entries of a pod's own table, as kntop has them; undefined: it tells of none. */
const ownTable = (kntop: Watching, name: string): number | undefined =>
  (kntop.now()?.nodes ?? []).flatMap(({ pods = [] }) => pods).find((pod) => pod.name === name)?.readings[
    'conntrack.pod_entries'
  ]?.value

describe('the pods in the figures of their nodes', () => {
  withLab((lab) => {
    test('are all read, on every node', async () => {
      const kntop = watchLab(lab)
      for (const node of lab.nodes) {
        const all = await namespacesOf(node)
        await expect.poll(() => countedIn(kntop.node(node.name)), { timeout: 90_000 }).toEqual(['node', all, all])
      }
    })

    test('show the conntrack table of the pod that has rules of its own, and none of others', async () => {
      const { node, pid, place } = await podOf(lab, 'meshed')
      const name = nameOf(place.id)
      const file = '/proc/sys/net/netfilter/nf_conntrack_count'
      const kntop = watchLab(lab)
      // From before it was read until it is told: the moment at which it was read lies between.
      const counts: number[] = []
      const told = async (): Promise<number | undefined> => {
        counts.push(Number(await node.run(['nsenter', '-t', pid, '-n', 'cat', file])))
        return ownTable(kntop, name)
      }
      await expect.poll(told, { timeout: 90_000 }).toBeGreaterThan(0)
      const entries = ownTable(kntop, name)
      // A call or two of its own lie between two counts.
      expect(entries).toBeGreaterThanOrEqual(Math.min(...counts) - 5)
      expect(entries).toBeLessThanOrEqual(Math.max(...counts) + 5)
      const others = await podsOf(lab, 'app=client')
      expect(others.map((pod) => ownTable(kntop, pod.name))).toEqual(others.map(() => undefined))
    })
  })
})
