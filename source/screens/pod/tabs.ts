import type { TabName } from '../../events/looks.ts'
import type { Tab } from './tab.ts'
import { conntrackTab } from './tabs/conntrack.ts'
import { dnsTab } from './tabs/dns.ts'
import { overviewTab } from './tabs/overview.ts'
import { pathTab } from './tabs/path.ts'
import { routesTab } from './tabs/routes.ts'
import { rulesTab } from './tabs/rules.ts'
import { socketsTab } from './tabs/sockets.ts'
import { stackTab } from './tabs/stack.ts'

/** All tabs of a pod, in their order: a new one is a file and a place in this list. */
export const tabs: readonly [Tab, ...Tab[]] = [
  overviewTab,
  routesTab,
  socketsTab,
  dnsTab,
  conntrackTab,
  stackTab,
  rulesTab,
  pathTab,
]

export const tabCalled = (name: string | undefined): Tab | undefined => tabs.find((one) => one.name === name)

/** The tab before or after one. */
export const tabBeside = (name: TabName, by: 1 | -1): TabName => {
  const [first] = tabs
  const index = tabs.findIndex((one) => one.name === name)
  return tabs[(index + by + tabs.length) % tabs.length]?.name ?? first.name
}
