import { describe, expect, test } from 'vitest'
import { inSubnetOf } from '../../../source/nodes/dns/subnet.ts'

const evidence = {
  routes: [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'ens3\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'cni0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'ens3\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  ],
  addresses6: [
    '00000000000000000000000000000001 80 lo',
    'fd000010024400010000000000000001 40 cni0',
    'fe80000000000000000000000000cafe 40 ens3',
    'no address',
  ],
}

describe('the subnet of an interface', () => {
  const isPod = inSubnetOf(evidence, 'cni0')

  test.each(['10.244.1.7', 'fd00:10:244:1::7', 'fd00:10:244:1:ffff::1'])('holds %s', (address) => {
    expect(isPod(address)).toBe(true)
    // Remembered, it is the same.
    expect(isPod(address)).toBe(true)
  })

  test.each(['10.244.2.7', '10.0.0.8', '8.8.8.8', 'fd00:10:244:2::7', 'fe80::cafe', '::1'])(
    'does not hold %s',
    (address) => {
      expect([isPod(address), isPod(address)]).toEqual([false, false])
    },
  )

  test('holds nobody where nothing is told of the interface', () => {
    const isThere = inSubnetOf({ routes: [], addresses6: [] }, 'cni0')
    expect(['10.244.1.7', 'fd00::7'].map(isThere)).toEqual([false, false])
  })

  test('is known of any number of addresses', () => {
    const addresses = Array.from({ length: 3_000 }, (_, index) => `fd00:10:244:${index % 2}::${index.toString(16)}`)
    expect(addresses.filter((address) => isPod(address))).toHaveLength(1_500)
  })
})
