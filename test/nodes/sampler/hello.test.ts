import { expect, test } from 'vitest'
import { feed, greeting, listen } from './protocol.ts'

test('the greeting tells the boot of the node, or none where what it says makes no sense', () => {
  const boot = 'b2d1b1a4-3a53-4c6e-8f4e-2d6f4a0c9e11'
  const heard = [boot, '', 'x', `${boot}0`].map((said) => {
    const all = listen()
    feed(all, greeting(`engine=awk lease=15 relay=1 boot=${said}`))
    return all.hellos[0]?.boot
  })
  expect(heard).toEqual([boot, '', '', ''])
})

test('the greeting tells a lease of three seconds to a day, or that there is none', () => {
  const leases = [0, 3, 15, 300, 86_400]
  const heard = leases.map((lease) => {
    const all = listen()
    feed(all, greeting(`engine=awk lease=${lease} relay=0`))
    return all.hellos[0]?.lease
  })
  expect(heard).toEqual(leases)
})
