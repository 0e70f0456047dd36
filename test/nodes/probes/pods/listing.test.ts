import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePodListing } from '../../../../source/nodes/probes/pods/listing.ts'

const uid = '0b2f4c1e-1111-2222-3333-444455556666'
const id = 'ab'.repeat(32)

describe('a listing of pods', () => {
  test('tells the namespaces with their pods, the oldest first, and the containers with a limit', () => {
    const listing = parsePodListing(
      `host 4026531840\nown 4026531840\nn 70:900:5 ${uid} 0000001f\nn 9:30:4 - -\nc ${uid} ${id} 50 7\n`,
    )
    expect(listing).toMatchObject({
      host: '4026531840',
      own: '4026531840',
      namespaces: [
        { key: '9:30:4', uid: '-', entries: Number.NaN },
        { key: '70:900:5', uid, entries: 31 },
      ],
      containers: [{ uid, id, periods: 50, throttled: 7 }],
    })
  })

  test('says why there are none', () => {
    const { host, own, lacks } = parsePodListing('nostat\nhidden\nhost none\nown none\n')
    expect([host, own, [...lacks].toSorted()]).toEqual([undefined, undefined, ['hidden', 'nostat']])
  })

  test('leaves out what is no number, no uid and no container, whatever stands there', () => {
    const words = fc.constantFrom('n', 'c', 'host', 'own', '1:2:3', uid, id, '$(reboot)', "';", '1/../2:3:4', '-', '7')
    const line = fc.array(fc.oneof(words, fc.string()), { maxLength: 6 }).map((parts) => parts.join(' '))
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { namespaces, containers, host = '1', own = '1' } = parsePodListing(lines.join('\n'))
        for (const one of namespaces) {
          expect(one.key).toMatch(/^\d+:\d+:\d+$/)
          expect(one.uid).toMatch(/^(-|[0-9a-f-]{32,36})$/)
        }
        for (const one of containers) expect(one.id).toMatch(/^[0-9a-f]{12,64}$/)
        expect([host, own].every((number) => /^\d+$/.test(number))).toBe(true)
      }),
    )
  })
})
