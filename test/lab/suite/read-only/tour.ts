import { tabs } from '../../../../source/screens/pod/tabs.ts'
import { type InTerminal, runInTerminal } from '../../../terminal-e2e/kntop.ts'
import type { Lab } from '../../cluster.ts'
import type { LabNode } from '../../node.ts'
import { program } from '../kntop.ts'
import { podsOf } from '../oracles.ts'
import type { Login } from './logins.ts'

/** Whatever a tab says once it has been looked at, or cannot be. */
const looked = ['live, \\d', 'seen \\d', 'cannot be seen', 'takes root', 'y lists', 'does not']

/** What the rules say before they are taken, or where there is no service to take them of. */
const untaken = ['r takes the rules of', 'no service chooses this pod', 'no node has rules', 'whose rules[?]']

const answered = new RegExp([...looked, ...untaken].join('|'))

/** Every tab there is, one after another. */
const throughTabs = async (at: InTerminal, title: string): Promise<void> => {
  for (const { name } of tabs) {
    await at.sees(`${title} ${name}`)
    await at.sees(answered)
    at.pty.write('\t')
  }
  await at.sees(`${title} ${tabs[0].name}`)
}

/** The rules of a service that there is, on a key: as root they come, and whoever is not is told what that takes. */
const takeRules = async (at: InTerminal): Promise<void> => {
  at.pty.write(':rules payments/shop\r')
  await at.sees('r takes the rules of payments/shop')
  at.pty.write('r')
  await at.sees(/taken \d|cannot be seen/)
  await at.sees(/kube-proxy in (?:iptables|nftables) mode|the rules of this service: it takes root|cannot be seen/)
}

/** Pods of the workloads: a plain one, one on the network of its node, one with rules of its own. */
const apps = ['client', 'peers', 'meshed'] as const

/** With sudo it is the same once more, by another way: one pod is enough. */
const appsFor = ({ sudo }: Login): readonly string[] => (sudo === 'none' ? apps : apps.slice(0, 1))

/**
 * kntop from its start to its end, by keys: all nodes with all opt-ins, every tab of some pods and of a node, the rules of a
 * service, the node's connections after a yes. Settles before its end: `q` is left to who called.
 */
export const tour = async (lab: Lab, node: LabNode, config: string, login: Login): Promise<InTerminal> => {
  const flags = [
    ...['--kubeconfig', lab.kubeconfig, '--ssh-config', config, '--ssh', '--with', 'all'],
    ...['--disk-probe-folder', login.folder, '--sudo', login.sudo],
  ]
  const at = runInTerminal([program, ...flags], { columns: 170, rows: 50 })
  await at.sees(/3\/3 live/)
  for (const app of appsFor(login)) {
    const all = await podsOf(lab, `app=${app}`)
    const pod = all.find((one) => one.node === node.name) ?? all[0]
    at.pty.write(`:${tabs[0].name} payments/${pod?.name ?? ''}\r`)
    await throughTabs(at, `pod(payments/${pod?.name ?? ''})`)
  }
  await takeRules(at)
  at.pty.write(':nodes\r')
  await at.sees('nodes(all)')
  at.pty.write(`/${node.name}\r`)
  await at.sees(/nodes\(all\)\[1 of 3\]/)
  at.pty.write('h')
  await throughTabs(at, `host(${node.name})`)
  at.pty.write('\u001B')
  await at.sees(/nodes\(all\)\[1 of 3\]/)
  at.pty.write('t')
  await at.sees(`flows(${node.name})`)
  at.pty.write('y')
  await at.sees(/seen \d|root only|cannot be seen/)
  return at
}
