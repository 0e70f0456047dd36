import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stackGroups, stackMeaning, stackMeanings } from '../../../source/metrics/stack/meanings.ts'
import { countersIn } from '../../../source/nodes/namespaces/stack-files.ts'

const linesOf = (file: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, '../../fixtures/proc/6.18/net', file), 'utf8').split('\n')

describe('the meaning of a counter', () => {
  test.each([...stackMeanings])('%s is one sentence, in a group that is known', (_, { text, group }) => {
    expect(text).toMatch(/^[A-Z][^.].{6,150}\.$/)
    expect(stackGroups).toContain(group)
  })

  test('is known of every counter that Linux 6.18 has', () => {
    const counters = ['snmp', 'netstat', 'snmp6'].flatMap((file) => countersIn(linesOf(file)))
    expect(counters.length).toBeGreaterThan(100)
    const unknown = counters.filter(({ name }) => stackMeaning(name).text.startsWith('Not explained'))
    expect(unknown.map(({ name }) => name)).toEqual([])
  })

  test('is that of IPv4 for its twin of IPv6, and says where to look for one that is new', () => {
    expect(stackMeaning('Udp6RcvbufErrors')).toBe(stackMeaning('UdpRcvbufErrors'))
    expect(stackMeaning('Icmp6OutType135').text).toContain('type 135')
    expect(stackMeaning('TcpExtTCPOfTomorrow')).toMatchObject({ group: 'other', weight: 'plain' })
  })
})
