import { describe, expect, test } from 'vitest'
import type { Link } from '../../../source/events/link.ts'
import { type Bad, groups } from './bad-hosts.ts'
import { type Lab, makeLab } from './lab.ts'
import { addresses } from './network.ts'
import type { SshNode } from './nodes.ts'
import { watchHosts } from './watched-hosts.ts'

const isWanted = (link: Link, { state, transport = 'ssh', says }: Bad): boolean => {
  const said = state === 'live' ? (link.remark ?? '') : link.cause
  const isSaid = says instanceof RegExp ? says.test(said) : said === (says ?? '')
  return link.state === state && isSaid && (state === 'live' ? link.transport === transport : link.remark === undefined)
}

/** Makes what a bad host stands for; gives back its lines of the configuration, and its node. */
const make = async (lab: Lab, bad: Bad): Promise<{ lines: readonly string[]; node: SshNode | undefined }> => {
  const { name, node = {}, lines = [], first } = bad
  const made = node === 'none' ? undefined : await lab.node(name, typeof node === 'function' ? await node(lab) : node)
  if (made !== undefined) await first?.(lab, made)
  return { lines: typeof lines === 'function' ? await lines(lab) : lines, node: made }
}

/** Watches hosts beside a good one; each must come to what is wanted of it, and the good one live all the time. */
const judge = async (lab: Lab, all: readonly Bad[], config: string): Promise<ReturnType<typeof watchHosts>> => {
  const watched = watchHosts(lab, config, ['good', ...all.map(({ name }) => name)])
  await watched.live('good')
  for (const bad of all) {
    const found = await watched.until(bad.name, ({ link }) => isWanted(link, bad), 40_000).catch(String)
    expect.soft(found, bad.name).toMatchObject({ link: { state: bad.state } })
    if (typeof found === 'string') continue
    // What the person reads is the same, whole, and nothing that could write elsewhere on the screen.
    expect.soft(found.row, bad.name).toMatch(new RegExp(`^\\S+ +\\S ${bad.state} `))
    expect.soft(found.hint, bad.name).toContain(bad.state === 'live' ? (found.link.remark ?? '') : found.link.cause)
    expect.soft(`${found.row}${found.hint}`, bad.name).not.toMatch(/\p{C}/u)
  }
  await watched.moreTicks('good', 2)
  expect(watched.history('good').at(-1)).toBe('live: ')
  expect(watched.history('good').filter((said) => !/^(?:connecting|live): $/.test(said))).toEqual([])
  return watched
}

describe('beside a node that stays live', () => {
  test.each(Object.keys(groups))('%s ends in a state with a plain cause', async (group) => {
    const all = groups[group] ?? []
    const lab = await makeLab()
    await lab.node('good')
    const hosts: Record<string, readonly string[]> = {}
    const nodes = new Map<Bad, SshNode>()
    for (const bad of all) {
      const { lines, node } = await make(lab, bad)
      if (lines.length > 0) hosts[bad.name] = lines
      if (node !== undefined) nodes.set(bad, node)
    }
    const exec = ['Match originalhost match-exec exec "sleep 60"', '  User nobody']
    await judge(lab, all, lab.configure({ hosts, first: exec }))
    for (const [{ name, failed = Number.POSITIVE_INFINITY }, node] of nodes)
      expect.soft(node.logins().failed, name).toBeLessThanOrEqual(failed)
  })
})

describe('name servers', () => {
  test('that know no such name, beside a node that has an address', async () => {
    const lab = await makeLab()
    await lab.node('good')
    await lab.serveNames({ 'there.lab': addresses.nobody })
    const bad: Bad = {
      name: 'absent',
      state: 'lost',
      says: 'unknown name: no name server knows absent.lab; check the spelling, or set HostName',
    }
    await judge(lab, [bad], lab.configure({ hosts: { absent: ['HostName absent.lab'] } }))
  })

  test('that say nothing, beside a node that has an address', async () => {
    const lab = await makeLab()
    await lab.node('good')
    lab.resolver(`nameserver ${addresses.blackHole}\nnameserver ${addresses.blackHole}\n`)
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const bad = names.map(
      (name): Bad => ({
        name,
        state: 'lost',
        says: `name servers do not answer for ${name}.lab; look at /etc/resolv.conf, or set HostName to an address`,
      }),
    )
    const hosts = Object.fromEntries(names.map((name) => [name, [`HostName ${name}.lab`]]))
    const { program } = await judge(lab, bad, lab.configure({ hosts }))
    // Left by itself it waits for its lookups.
    program.kill('SIGKILL')
    await expect.poll(program.status).toBeDefined()
  })
})

describe('behind a bastion', () => {
  test('that forbids forwarding, or has nobody behind it, the cause names it', async () => {
    const lab = await makeLab()
    await lab.node('good')
    await lab.bastion('strict', { settings: ['AllowTcpForwarding no'] })
    const node = await lab.bastion('open')
    const jump = (bastion: string, address: string): readonly string[] => [
      `HostName ${address}`,
      `ProxyJump ${bastion}`,
    ]
    const all: readonly Bad[] = [
      {
        name: 'forbidden',
        state: 'lost',
        says: /^bastion strict: strict does not forward to 10\.89\.0\.1:22: its sshd forbids it, see AllowTcpForwarding and PermitOpen \(.+\)$/,
      },
      {
        name: 'behind',
        state: 'lost',
        says: `bastion open: open does not forward to ${node.address}:2222: Connection refused`,
      },
      {
        name: 'dead',
        state: 'lost',
        says: 'bastion open: open does not forward to 10.89.0.99:22: No route to host',
      },
    ]
    const hosts = {
      forbidden: jump('strict', '10.89.0.1'),
      behind: [...jump('open', node.address), 'Port 2222'],
      dead: jump('open', '10.89.0.99'),
    }
    await judge(lab, all, lab.configure({ hosts }))
    expect(node.logins().accepted).toBe(1)
  })
})
