import { describe, expect, test } from 'vitest'
import { load, track } from '../support/conntrack.ts'
import { requireKernel } from '../support/kernel.ts'
import type { Namespace } from '../support/namespace.ts'
import { type Lab, makeLab } from './lab.ts'
import type { SshNode } from './nodes.ts'
import { type WatchedHosts, watchHosts } from './watched-hosts.ts'

const names = ['one', 'two', 'three'] as const

const asNamespace = ({ run, namespace }: SshNode): Namespace => ({ name: namespace, run }) as unknown as Namespace

const behindBastion = async (): Promise<{ lab: Lab; bastion: SshNode; nodes: readonly SshNode[]; config: string }> => {
  const lab = await makeLab()
  const bastion = await lab.bastion()
  const nodes: SshNode[] = []
  for (const name of names) nodes.push(await lab.node(name, { nets: ['inner'] }))
  return { lab, bastion, nodes, config: lab.configure() }
}

describe('three nodes behind a bastion', () => {
  test('are live with one configuration', async () => {
    const { lab, bastion, nodes, config } = await behindBastion()
    console.time('live')
    const watched = watchHosts(lab, config, names)
    for (const name of names) {
      await watched.live(name)
      console.timeLog('live')
    }
    for (const name of names) console.log(watched.screenLine(name))
    console.log(
      bastion.logins(),
      nodes.map((node) => node.logins()),
    )
    console.log(watched.history('one'), watched.history('three'))
    await watched.quit()
    console.log(watched.history('one'), watched.history('three'))
  })
})
