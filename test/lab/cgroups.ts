import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { labName } from './names.ts'

/** A hierarchy of version 1, as this machine has it mounted. */
export interface Hierarchy {
  readonly path: string
  /** What it is mounted with elsewhere. */
  readonly options: string
}

/** Rejects machines with version 2 alone: how kubelets of several nodes share that was not tried out. */
export const hierarchies = (): readonly Hierarchy[] => {
  const found = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, path, kind, options] = /^(?:\S+ ){4}(\S+) .*- (\S+) \S+ (\S+)$/.exec(line) ?? []
      if (kind !== 'cgroup' || path === undefined || options === undefined) return []
      const controllers = options
        .split(',')
        .filter((option) => !['rw', 'ro', 'xattr', 'clone_children'].includes(option))
      const isNamed = controllers.some((option) => option.startsWith('name='))
      return [{ path, options: [...(isNamed ? ['none'] : []), ...controllers].join(',') }]
    })
  if (!found.some(({ options }) => options.split(',').includes('memory')))
    throw new Error(
      'the lab needs control groups of version 1 (a kernel started with systemd.unified_cgroup_hierarchy=0)',
    )
  return found
}

const inherited = ['cpuset.cpus', 'cpuset.mems'] as const

const make = (path: string): void => {
  mkdirSync(path, { recursive: true })
  // A cpuset begins empty, and takes no process then.
  for (const file of inherited)
    if (existsSync(join(path, file))) writeFileSync(join(path, file), readFileSync(join(path, '..', file)))
}

/** Makes the group of the lab, or of one of its nodes, under every controller. */
export const makeCgroups = (name = '.'): void => {
  for (const { path } of hierarchies()) {
    make(join(path, labName))
    if (name !== '.') make(join(path, labName, name))
  }
}

/** What a shell runs to move itself there; it hands that on to all that it starts. */
export const enterCgroups = (name = '.'): string =>
  hierarchies()
    .map(({ path }) => `echo 0 >${join(path, labName, name)}/cgroup.procs`)
    .join('; ')

const groupsUnder = (path: string): readonly string[] =>
  existsSync(path)
    ? [
        ...readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? groupsUnder(join(path, entry.name)) : [],
        ),
        path,
      ]
    : []

/** All groups of the lab, or of one of its nodes, that there are, the innermost first. */
export const ownCgroups = (name = '.'): readonly string[] =>
  hierarchies().flatMap(({ path }) => groupsUnder(join(path, labName, name)))

const procsOf = (group: string): readonly number[] => {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Everything that runs in the lab, or in one of its nodes, by the pids of the machine. */
export const ownProcesses = (name = '.'): readonly number[] => {
  return [...new Set(ownCgroups(name).flatMap(procsOf))]
}

/** Removes the groups. The kernel takes a moment to see that one is empty. */
export const removeCgroups = async (name = '.'): Promise<void> => {
  for (const group of ownCgroups(name))
    for (let attempt = 0; existsSync(group); attempt++) {
      try {
        rmdirSync(group)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === 250) throw error
        await setTimeout(20)
      }
    }
}

/** The one group of a node under a controller: `blkio`, `cpu`, as the machine sees it. */
export const cgroupOf = (controller: string, name: string): string => {
  const found = hierarchies().find(({ options }) => options.split(',').includes(controller))
  if (found === undefined) throw new Error(`this kernel has no cgroup controller ${controller}`)
  return join(found.path, labName, name)
}

export const mountedAs = ({ path }: Hierarchy): string => basename(path)

/** Groups whose path matches, below a node's. */
export const cgroupsMatching = (controller: string, name: string, pattern: string): readonly string[] =>
  globSync(join(cgroupOf(controller, name), pattern))
