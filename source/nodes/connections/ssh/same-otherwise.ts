import type { Printed } from './ssh-g.ts'

/** What differs by itself, and what our own ssh is told whatever the configuration says. */
const apart = new Set([
  ...['hostname', 'hostkeyalias', 'checkhostip'],
  ...['controlpath', 'localcommand', 'remotecommand', 'userknownhostsfile'],
])

/** Tokens that stand for the name that is connected to, or are made of it: `ssh -G` leaves some of them in what it prints. */
const byName = /%[hkC]/

const textOf = (values: readonly string[] | undefined): string => (values ?? []).join('\n')

/** Whether a configuration says the same of a host by its name and at its address, but for these: a `Match host` may not. */
export const isSameOtherwise = (named: Printed, atAddress: Printed): boolean =>
  [...new Set([...named.keys(), ...atAddress.keys()])]
    .filter((keyword) => !apart.has(keyword))
    .every((keyword) => {
      const text = textOf(named.get(keyword))
      return text === textOf(atAddress.get(keyword)) && !byName.test(text.replaceAll('%%', ''))
    })
