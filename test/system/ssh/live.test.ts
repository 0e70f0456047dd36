import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runInTerminal } from '../../terminal-e2e/kntop.ts'
import { run } from '../support/command.ts'
import { assured, counted, load, track } from '../support/conntrack.ts'
import { requireKernel } from '../support/kernel.ts'
import { printed, startKntop } from '../support/kntop.ts'
import { builtFolder } from '../support/names.ts'
import { type Lab, makeLab } from './lab.ts'
import type { SshNode } from './nodes.ts'
import { watchHosts } from './watched-hosts.ts'

const names = ['one', 'two', 'three'] as const

interface Behind {
  readonly lab: Lab
  readonly bastion: SshNode
  readonly nodes: readonly SshNode[]
  /** All of them. */
  readonly machines: readonly SshNode[]
  readonly config: string
}

const threeBehindBastion = async (): Promise<Behind> => {
  const lab = await makeLab()
  const bastion = await lab.bastion()
  const nodes: SshNode[] = []
  for (const name of names) nodes.push(await lab.node(name, { nets: ['inner'] }))
  return { lab, bastion, nodes, machines: [bastion, ...nodes], config: lab.configure() }
}

/** What runs on each, in a form to be compared. */
const running = (machines: readonly SshNode[]): Promise<readonly (readonly string[])[]> =>
  Promise.all(
    machines.map(async ({ processes }) =>
      (await processes()).map(({ pid, user, command }) => `${pid} ${user} ${command}`),
    ),
  )

const oneLogin = { contacts: 1, accepted: 1, failed: 0 }

/** Longer than the lease of a sampler, milliseconds. */
const afterLease = { timeout: 25_000, interval: 250 }

const sendsAtOnce = fileURLToPath(new URL('../programs/nodelay.pl', import.meta.url))

test('a connection sends small packets at once, by the kernel', async () => {
  const lab = await makeLab()
  for (const name of names) await lab.node(name)
  const watched = watchHosts(lab, lab.configure(), names)
  for (const name of names) await watched.live(name)
  const told = await run(['perl', sendsAtOnce, String(watched.program.pid)])
  expect(told).toBe('1\n'.repeat(names.length))
})

describe('three nodes behind a bastion, with one configuration of OpenSSH', () => {
  test('are live by one login each, with their own figures, and nothing of it is left', async (context) => {
    await requireKernel(context, 'connection tracking in a namespace')
    const { lab, bastion, nodes, machines, config } = await threeBehindBastion()
    for (const [index, node] of nodes.entries()) {
      await track(node)
      await load(node, 0, 1000 * (index + 1), assured)
    }
    const before = await running(machines)

    const watched = watchHosts(lab, config, names)
    for (const [index, node] of nodes.entries()) {
      const { link } = await watched.live(node.name)
      expect(link).toMatchObject({ transport: 'ssh', logins: 1, route: `karin@${node.address} via bastion` })
      expect(link.lease).toBe(15)
      expect(watched.screenLine(node.name)).toMatch(
        new RegExp(
          `^${node.name} +o live +\\ds +ssh +1 +15s karin@${node.address} via bastion\\n${node.name} live for `,
        ),
      )
      await expect
        .poll(async () => watched.node(node.name).figures['conntrack.entries'] === (await counted(node)), afterLease)
        .toBe(true)
      expect(await counted(node)).toBeGreaterThanOrEqual(1000 * (index + 1))
      expect(await counted(node)).toBeLessThan(1000 * (index + 2))
    }
    for (const { visitors } of nodes) expect((await visitors()).some(({ command }) => /awk/.test(command))).toBe(true)
    expect((await bastion.visitors()).filter(({ command }) => !command.startsWith('sshd:'))).toEqual([])
    expect(machines.map(({ logins }) => logins())).toEqual(machines.map(() => oneLogin))

    await watched.quit()
    await expect.poll(() => running(machines)).toEqual(before)
    expect(machines.map(({ logins }) => logins())).toEqual(machines.map(() => oneLogin))
  })

  test('are printed by one look of the built program', async () => {
    const { lab, machines, config } = await threeBehindBastion()
    const before = await running(machines)
    const flags = ['--hosts', names.join(','), '--ssh-config', config, '--once', '--output', 'json', '--wait', '1']
    const { nodes } = await printed(startKntop(flags, lab.enter))
    expect(nodes.map(({ name, link }) => ({ name, ...link }))).toEqual(
      names.map((name) => expect.objectContaining({ name, transport: 'ssh', state: 'live' })),
    )
    for (const { readings } of nodes) expect(readings['cpu.busy']).toMatchObject({ unit: '%' })
    expect(machines.map(({ logins }) => logins())).toEqual(machines.map(() => oneLogin))
    await expect.poll(() => running(machines)).toEqual(before)
  })

  test('are rows of :links on a terminal; killed with -9, nothing is left once the lease ran out', async () => {
    const { lab, machines, config } = await threeBehindBastion()
    const before = await running(machines)
    const flags = ['--hosts', names.join(','), '--ssh-config', config]
    const environment = { XDG_STATE_HOME: join(lab.folder, 'xdg-state') }
    const kntop = runInTerminal(
      [join(builtFolder, 'bin/kntop.js'), ...flags],
      { columns: 120, rows: 30 },
      environment,
      lab.enter,
    )
    await kntop.sees(/3 of 3 live|3\/3 live/)
    kntop.pty.write(':links\r')
    await kntop.sees('links(3 live)[3]')
    for (const { name, address } of machines.slice(1))
      await kntop.sees(new RegExp(`${name} +\\S live +\\d+s +ssh +1 +15s +karin@${address} via bastion`))
    expect(await running(machines)).not.toEqual(before)

    process.kill(kntop.pty.pid, 'SIGKILL')
    await expect.poll(() => running(machines), afterLease).toEqual(before)
    expect(machines.map(({ logins }) => logins())).toEqual(machines.map(() => oneLogin))
  })
})
