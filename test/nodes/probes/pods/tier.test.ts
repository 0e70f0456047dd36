import { describe, expect, test } from 'vitest'
import type { CommandOutput } from '../../../../source/nodes/probe.ts'
import { podsTier } from '../../../../source/nodes/probes/pods/tier.ts'
import type { Taken } from '../../../../source/nodes/taken.ts'
import { contextOf, sectionsOf } from '../../section.ts'
import { observationsOf, valueOf } from '../recorded.ts'

const [one, other] = ['0b2f4c1e-1111-2222-3333-444455556666', '0b2f4c1e-1111-2222-3333-444455557777'] as const
const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(64))
const own = 'host 1\nown 1\n'

const [section] = sectionsOf({}, [{ uptime: 1, files: {} }])
if (section === undefined) throw new Error('no section')
const context = contextOf(section)

const output = (text: string, more: Partial<CommandOutput> = {}): CommandOutput => ({
  text,
  status: 0,
  seconds: 15,
  cut: false,
  ...more,
})

/** What the last of some searches gives. */
const searched = (...texts: readonly string[]): Taken => {
  let [state, taken]: [typeof podsTier.start, Taken | undefined] = [podsTier.start, undefined]
  for (const text of texts) ({ state, taken } = podsTier.step(state, output(text), context))
  if (taken === undefined) throw new Error('nothing was searched')
  return taken
}

describe('a container that its CPU limit holds back', () => {
  test('is told by the share of its periods between two searches; of a node and of a pod the worst', () => {
    const taken = searched(
      `${own}c ${one} ${first} 100 50\nc ${one} ${second} 100 0\nc ${other} ${third} 10 10\n`,
      `${own}c ${one} ${first} 200 80\nc ${one} ${second} 200 90\nc ${other} ${third} 110 20\n`,
    )
    expect(valueOf(taken, 'cpu.throttled_share')).toBe(90)
    expect(observationsOf(taken, 'cpu.throttled_share')).toBe(100)
    expect(taken.pods).toEqual([
      { uid: one, container: second, metric: 'cpu.throttled_share', value: 90, observations: 100, window: 15 },
      { uid: other, container: third, metric: 'cpu.throttled_share', value: 10, observations: 100, window: 15 },
    ])
  })

  test('that ran in a few periods only does not stand for those that ran in many', () => {
    const taken = searched(
      `${own}c ${one} ${first} 0 0\nc ${one} ${second} 100 0\n`,
      `${own}c ${one} ${first} 2 2\nc ${one} ${second} 200 30\n`,
    )
    expect(valueOf(taken, 'cpu.throttled_share')).toBe(30)
  })

  test('tells nothing at first, nor once its counters went back', () => {
    const counted = `${own}c ${one} ${first} 100 50\n`
    expect(valueOf(searched(counted), 'cpu.throttled_share')).toBeNaN()
    const restarted = searched(counted, `${own}c ${one} ${first} 5 5\n`)
    expect(valueOf(restarted, 'cpu.throttled_share')).toBeNaN()
    expect(restarted.pods).toEqual([])
  })

  test('is not spoken of where no container has a limit', () => {
    expect(searched(own).missing.get('cpu.throttled_share')?.missing).toBe('not-applicable')
  })
})

describe('a conntrack table of a pod’s own', () => {
  test('is a figure of that pod, and the fullest one of the node', () => {
    const taken = searched(`${own}n 5:9:2 ${one} 0000000a\nn 6:9:3 ${other} 00000100\nn 7:9:4 - 00001000\n`)
    expect(valueOf(taken, 'conntrack.pod_entries')).toBe(256)
    expect(taken.pods?.map(({ uid, value }) => [uid, value])).toEqual([
      [one, 10],
      [other, 256],
    ])
  })

  test('that is empty is none', () => {
    const taken = searched(`${own}n 5:9:2 ${one} 00000000\n`)
    expect(taken.missing.get('conntrack.pod_entries')?.missing).toBe('not-applicable')
  })
})

describe('entries that nobody tells', () => {
  test('are missing by the kernel where it does not show them', () => {
    const taken = searched(`${own}n 5:9:2 ${one} -\nn 6:9:3 - 0000000a\n`)
    expect(taken.missing.get('conntrack.pod_entries')).toMatchObject({
      missing: 'no-kernel',
      advice: expect.stringContaining('nf_conntrack'),
    })
  })

  test('are not spoken of where there is no pod', () => {
    const taken = searched(`${own}n 6:9:3 - -\n`)
    expect(taken.missing.get('conntrack.pod_entries')?.missing).toBe('not-applicable')
  })

  test.for([
    ['nostat\nhost none\nown none\n', 'no-tool'],
    ['hidden\nhost none\nown 1\n', 'denied'],
    ['host 1\nown 2\n', 'denied'],
  ] as const)('are missing after %j for what it takes: %s', ([text, missing]) => {
    expect(searched(text).missing.get('conntrack.pod_entries')?.missing).toBe(missing)
  })
})

describe('the namespaces that the sampler is to read', () => {
  test('are those beside the host’s', () => {
    expect(searched(`${own}n 5:9:2 ${one} 00000000\nn 6:8:3 - -\n`).namespaces).toEqual({
      kind: 'known',
      keys: ['5:9:2', '6:8:3'],
      found: 2,
    })
  })

  test('are 512 at the most, and all are counted', () => {
    const many = Array.from({ length: 600 }, (_, index) => `n ${index + 1}:${index + 1}:${index + 2} - -\n`).join('')
    const { namespaces } = searched(`${own}${many}`)
    expect(namespaces).toMatchObject({ kind: 'known', found: 600 })
    expect(namespaces?.kind === 'known' && namespaces.keys.length).toBe(512)
  })

  test('are one of each pod first, whatever an older pod has made beside its own, then those of no pod', () => {
    const nested = Array.from({ length: 600 }, (_, index) => `n ${index + 10}:${index + 10}:${index + 10} ${one} -\n`)
    const { namespaces } = searched(`${own}${nested.join('')}n 800:800:800 - -\nn 900:900:900 ${other} -\n`)
    const keys = namespaces?.kind === 'known' ? namespaces.keys : []
    expect(keys.slice(0, 4)).toEqual(['10:10:10', '900:900:900', '800:800:800', '11:11:11'])
    expect(keys).toHaveLength(512)
  })

  test.for([
    ['nostat\nhost none\nown none\n', /without stat/],
    ['hidden\nhost none\nown 1\n', /hidepid/],
    ['host none\nown 1\n', /hidepid/],
    ['host 1\nown 2\nn 5:9:2 - -\n', /another network namespace/],
    ['', /gave nothing to read/],
  ] as const)('are unknown after %j, with the reason', ([text, reason]) => {
    const { namespaces } = searched(text)
    expect(namespaces?.kind === 'unknown' && namespaces.cause).toMatch(reason)
  })
})
