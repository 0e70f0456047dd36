import { existsSync, globSync, readFileSync, readlinkSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../system/support/finish.ts'
import { ownProcesses } from '../cgroups.ts'
import { leftovers, takeDown } from '../down.ts'
import { folder, labName } from '../names.ts'
import { bringUp } from '../up.ts'
import { workloadsReady } from '../workloads.ts'
import { compareRules, services } from './service-rules.ts'
import { withLab } from './with-lab.ts'

const silent = (): void => undefined

/** Counters and what is drawn anew at each look. */
const moving = /quota|random\.|ns_last_pid|pty\.nr|count|dentry|inode|file-nr|aio-nr|\.kntop-lab\.|tainted|sched_domain/

/** Everything that the machine is set to, but for what moves by itself. */
const sysctls = async (): Promise<readonly string[]> =>
  (await run(['sh', '-c', 'sysctl -a 2>/dev/null']))
    .split('\n')
    .filter((line) => line !== '' && !moving.test(line.split(' = ')[0] ?? ''))

const namespaces = (
  links: readonly string[] = globSync('/proc/[0-9]*/ns/{net,pid,mnt,uts,ipc,cgroup}'),
): ReadonlySet<string> =>
  new Set(
    links.flatMap((path) => {
      try {
        return [readlinkSync(path)]
      } catch {
        // It ended while we looked.
        return []
      }
    }),
  )

/** Of the lab alone: others may make theirs meanwhile. */
const ownNamespaces = (outside: ReadonlySet<string>): readonly string[] => {
  const all = globSync(`/proc/{${ownProcesses().join(',')}}/ns/{net,pid,mnt,uts,ipc,cgroup}`)
  return [...namespaces(all)].filter((name) => !outside.has(name))
}

/** What the lab could leave, as the machine itself tells it. */
const machine = async () => ({
  links: (await run(['ip', '-o', 'link'])).split('\n').map((line) => line.split(':')[1]),
  names: await run(['ip', 'netns', 'list']),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(labName)),
  cgroups: globSync(`/sys/fs/cgroup/{,*/}${labName}`),
  folder: existsSync(folder),
})

describe('a lab that is taken down', () => {
  withLab((lab) => {
    const { nodes, proxy } = lab.state
    // As it was: others may need it.
    afterAll(async () => void (await bringUp({ nodes: nodes.length, proxy, say: silent })))

    test('leaves nothing, and the machine set as it was before and meanwhile', async () => {
      await takeDown(silent)
      const before = { machine: await machine(), sysctls: await sysctls() }
      expect(before.machine).toMatchObject({ mounts: [], cgroups: [], folder: false })
      const outside = namespaces()
      const other = await bringUp({ nodes: 2, proxy: 'nftables', say: silent })
      await workloadsReady(other.kubectl)
      // Rules of this mode are in no other lab.
      for (const node of other.nodes)
        for (const service of services) expect(await compareRules(other, node, service)).toBe('nftables')
      expect(await sysctls()).toEqual(before.sysctls)
      const ours = ownNamespaces(outside)
      // Each node has six of its own, and each pod some more.
      expect(ours.length).toBeGreaterThan(2 * 6)
      await takeDown(silent)
      expect(ownProcesses()).toEqual([])
      // The kernel clears namespaces and their links away behind it, and gives their numbers to whoever makes one next.
      const left = (): readonly string[] => {
        const all = namespaces()
        return ours.filter((name) => all.has(name))
      }
      await expect.poll(left).toEqual([])
      await expect.poll(async () => ({ machine: await machine(), sysctls: await sysctls() })).toEqual(before)
    })

    test('by a kill of its first process alone has no process left, and the rest goes with the next', async () => {
      const { state } = await bringUp({ nodes: 1, proxy, say: silent })
      expect(ownProcesses().length).toBeGreaterThan(10)
      process.kill(state.supervisor, 'SIGKILL')
      await expect.poll(() => ownProcesses()).toEqual([])
      await expect.poll(async () => (await machine()).links).not.toContain(` ${labName}`)
      expect(await leftovers()).not.toEqual([])
      await takeDown(silent)
      expect(await leftovers()).toEqual([])
    })
  })
})
