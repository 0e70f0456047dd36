import { describe, expect, test } from 'vitest'
import { makeLab } from './lab.ts'
import type { SshNode } from './nodes.ts'
import { watchHosts } from './watched-hosts.ts'

/** A node behind a bastion, one behind another behind that, and one that is reached directly. */
const three = async () => {
  const lab = await makeLab()
  const bastion = await lab.bastion()
  const near = await lab.node('near', { nets: ['inner'] })
  const middle = await lab.node('middle', { nets: ['inner'] })
  const deep = await lab.node('deep', { nets: ['inner'] })
  await lab.node('good')
  const config = lab.configure({ hosts: { deep: ['ProxyJump bastion,middle'] } })
  const watched = watchHosts(lab, config, ['near', 'deep', 'good'])
  for (const name of ['near', 'deep', 'good']) await watched.live(name)
  return { lab, bastion, near, middle, deep, watched }
}

/** Connections to an sshd that a machine holds for others. */
const onward = async (node: SshNode): Promise<number> => {
  const all = await node.run(['ss', '-Htn', 'dport', '=', ':22'])
  return all.split('\n').filter((line) => line !== '').length
}

describe('nodes behind a bastion that lives', () => {
  test('come back when their own sessions end, or their sshd, also behind two', async () => {
    const { bastion, near, middle, deep, watched } = await three()
    // The one on its way to the node, and to the second bastion.
    expect(await onward(bastion)).toBe(2)
    let logins = 1
    const back = async (name: string): Promise<void> => {
      const { link } = await watched.until(name, ({ link: now }) => now.state === 'live' && now.logins === logins)
      expect(link.remark).toBeUndefined()
      await watched.moreTicks(name, 2)
    }
    for (const signal of ['KILL', 'TERM'] as const) {
      logins += 1
      for (const node of [near, deep]) await node.sessions.signal(signal)
      for (const name of ['near', 'deep']) await back(name)
    }
    logins += 1
    for (const node of [near, deep]) {
      await node.listener.signal('KILL')
      await node.sessions.signal('KILL')
    }
    for (const name of ['near', 'deep']) await watched.until(name, ({ link }) => link.state === 'lost')
    for (const node of [near, deep]) await node.listener.start()
    watched.order({ retry: 'all' })
    for (const name of ['near', 'deep']) await back(name)

    // The bastions were logged in to once, and hold nothing for what is gone.
    expect([bastion.logins().accepted, middle.logins().accepted]).toEqual([1, 1])
    await expect.poll(() => onward(bastion)).toBe(2)
    await expect.poll(() => onward(middle)).toBe(1)
    for (const name of ['near', 'deep'])
      expect(watched.history(name).filter((said) => said.startsWith('no-data'))).toEqual([])
    expect(watched.node('good').link.logins).toBe(1)

    // The second bastion's own session takes with it what goes through it.
    logins += 1
    await middle.sessions.signal('KILL')
    await back('deep')
    expect([bastion.logins().accepted, middle.logins().accepted]).toEqual([1, 2])
    await expect.poll(() => onward(bastion)).toBe(2)
    expect(watched.node('near').link.logins).toBe(logins - 1)
    await watched.quit()
    await expect.poll(() => onward(bastion)).toBe(0)
  }, 120_000)
})
