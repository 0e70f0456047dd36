import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counterIn, udpProbe } from '../../../source/nodes/probes/udp.ts'
import {
  edited,
  everySecond,
  type Files,
  kernels,
  lastTaken,
  live,
  recorded,
  takenFrom,
  valueOf,
  valuesOf,
  without,
} from './recorded.ts'

const snmp = '/proc/net/snmp'
const snmp6 = '/proc/net/snmp6'

/** Adds to a counter of the `Udp:` row. */
const grown4 = (files: Files, name: string, amount: number): Files =>
  edited(files, snmp, (text) => {
    const names = /^Udp: ([A-Z].*)$/m.exec(text)?.[1]?.split(' ') ?? []
    return text.replace(/^Udp: (\d.*)$/m, (_, values: string) => {
      const numbers = values.split(' ').map((value, index) => Number(value) + (names[index] === name ? amount : 0))
      return `Udp: ${numbers.join(' ')}`
    })
  })

const grown6 = (files: Files, name: string, amount: number): Files =>
  edited(files, snmp6, (text) =>
    text.replace(new RegExp(`^(${name}\\s+)(\\d+)$`, 'm'), (_, head: string, value: string) => {
      return `${head}${Number(value) + amount}`
    }),
  )

describe('UDP', () => {
  test('is counted over IPv4 and IPv6, per second, on every kernel that has both', () => {
    for (const kernel of kernels.filter((kernel) => recorded(kernel)[snmp6] !== undefined)) {
      const files = recorded(kernel)
      const sent = grown6(grown4(files, 'OutDatagrams', 60), 'Udp6OutDatagrams', 4)
      const taken = lastTaken(udpProbe, [
        { uptime: 8, files },
        { uptime: 10, files: grown6(grown4(sent, 'InErrors', 5), 'Udp6InErrors', 1) },
      ])
      expect(valuesOf(taken)).toEqual({ 'udp.datagrams_out': 32, 'udp.receive_errors': 3 })
    }
  })

  test('what other rows and UDP-Lite count does not count here', () => {
    const files = recorded('6.1')
    const other = ['NoPorts', 'InDatagrams', 'RcvbufErrors'].reduce((texts, name) => grown4(texts, name, 9), files)
    const taken = lastTaken(udpProbe, everySecond(files, grown6(other, 'UdpLite6OutDatagrams', 9)))
    expect(valuesOf(taken)).toEqual({ 'udp.datagrams_out': 0, 'udp.receive_errors': 0 })
  })

  test('without IPv6 all of it is IPv4', () => {
    const files = recorded('5.4')
    expect(files[snmp6]).toBeUndefined()
    const taken = lastTaken(udpProbe, everySecond(files, grown4(files, 'OutDatagrams', 7)))
    expect(valueOf(taken, 'udp.datagrams_out')).toBe(7)
  })

  test('IPv6 that appears later is a gap, not a burst', () => {
    const files = recorded('6.1')
    const [, second, third] = takenFrom(udpProbe, everySecond(without(files, snmp6), files, files))
    expect(second && valueOf(second, 'udp.datagrams_out')).toBeNaN()
    expect(third && valueOf(third, 'udp.datagrams_out')).toBe(0)
  })

  test('the first reading and a counter that went back are gaps', () => {
    const files = recorded('6.1')
    expect(lastTaken(udpProbe, everySecond(files)).values).toEqual([Number.NaN, Number.NaN])
    const taken = lastTaken(udpProbe, everySecond(files, grown4(files, 'OutDatagrams', -1)))
    expect(valueOf(taken, 'udp.datagrams_out')).toBeNaN()
    expect(valueOf(taken, 'udp.receive_errors')).toBe(0)
  })

  test('what cannot be read is missing, never 0', () => {
    const files = recorded('6.1')
    for (const [broken, missing] of [
      [without(files, snmp), 'no-kernel'],
      [{ ...files, [snmp]: '' }, 'no-data'],
      [{ ...files, [snmp]: 'Udp: OutDatagrams InErrors\nUdp: many few\n' }, 'no-data'],
      [{ ...files, [snmp6]: 'Udp6OutDatagrams many\nUdp6InErrors\n' }, 'no-data'],
    ] as const) {
      const [, second, third] = takenFrom(udpProbe, everySecond(files, broken, files))
      expect(second?.metrics).toEqual([])
      expect(second?.missing.get('udp.datagrams_out')).toMatchObject({ missing })
      expect(second?.missing.get('udp.receive_errors')).toMatchObject({ missing })
      expect(third?.values).toEqual([Number.NaN, Number.NaN])
    }
  })

  test('a counter is found by its whole name only', () => {
    fc.assert(
      fc.property(fc.nat(), fc.stringMatching(/^[A-Za-z]{1,8}$/), (count, more) => {
        expect(counterIn([`Udp6InErrors${more} 9`, `Udp6InErrors  \t ${count}`], 'Udp6InErrors')).toBe(count)
        expect(counterIn([`Udp6InErrors${more} ${count}`, `${more}Udp6InErrors 9`], 'Udp6InErrors')).toBeNaN()
      }),
    )
  })
})

describe('this machine', () => {
  test('the growth lies within readings of our own before and after', () => {
    const own = (): number => {
      const files = live(udpProbe)
      const rows = (files[snmp] ?? '').split('\n').filter((line) => line.startsWith('Udp: '))
      const [names = [], values = []] = rows.map((row) => row.split(' '))
      const v6 = Number(/^Udp6OutDatagrams\s+(\d+)/m.exec(files[snmp6] ?? '')?.[1] ?? 0)
      return Number(values[names.indexOf('OutDatagrams')]) + v6
    }
    const before = own()
    const taken = lastTaken(udpProbe, everySecond(live(udpProbe), live(udpProbe)))
    const after = own()
    expect(valueOf(taken, 'udp.datagrams_out')).toBeGreaterThanOrEqual(0)
    expect(valueOf(taken, 'udp.datagrams_out')).toBeLessThanOrEqual(after - before)
    expect(valueOf(taken, 'udp.receive_errors')).toBeGreaterThanOrEqual(0)
  })
})
