import { chmodSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { NodeView } from '../../source/store/snapshot.ts'
import { throttleWrites } from './support/cgroup.ts'
import { requireKernel } from './support/kernel.ts'
import { folder } from './support/names.ts'
import { note } from './support/oracle.ts'
import { makeMark, type Process } from './support/processes.ts'
import { type Call, traceSyncs } from './support/trace.ts'
import { type Taken, watch } from './support/watch.ts'

const makeFolder = (): string => mkdtempSync(join(folder, 'disk-'))

/** The disk probe at work in a folder of its own, and what the kernel says of its calls. */
const probing = async () => {
  const diskProbeFolder = makeFolder()
  const mark = makeMark()
  const watched = await watch({
    enter: ['env', mark.variable],
    optIns: ['disk-probe'],
    settings: { diskProbeFolder },
  })
  await watched.until('the first write', (node) => node.value('fdatasync.mean') > 0)
  // What asks for sockets is perl, too.
  const isProbe = ({ name, command }: Process): boolean => name === 'perl' && command.includes('$fdatasync')
  const pid = mark.processes().find(isProbe)?.pid
  if (pid === undefined) throw new Error('no perl runs the disk probe')
  return { watched, mark, diskProbeFolder, pid, calls: await traceSyncs(pid) }
}

type Probing = Awaited<ReturnType<typeof probing>>

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Seconds that a mean covers. */
const window = 5000

/**
 * Our means beside those of the same calls: where as many calls ended within the window by the kernel's account as we have
 * counted, they are the same ones.
 */
const sameCalls = (
  means: readonly Taken[],
  calls: readonly Call[],
): readonly { readonly ours: number; readonly oracle: number }[] =>
  means.flatMap(({ at, value, observations }) => {
    const within = calls.filter(({ end }) => end > at - window && end <= at).map(({ took }) => took)
    return within.length === observations ? [{ ours: value, oracle: sum(within) / within.length }] : []
  })

/** Waits until so many means have been compared that began after the trace did. */
const compare = async ({ watched, calls }: Probing, enough: number) => {
  const from = performance.now() + window
  const comparable = () =>
    sameCalls(
      watched.taken('fdatasync.mean').filter(({ at }) => at > from),
      calls(),
    )
  await watched.until(`${enough} comparable means`, () => comparable().length >= enough, 50_000)
  return comparable()
}

const bandOf = (node: NodeView): string => {
  const reading = node.reading('fdatasync.mean')
  return reading.kind === 'missing' ? reading.advice : reading.band
}

const error = ({ ours, oracle }: { readonly ours: number; readonly oracle: number }): number =>
  Math.abs(ours - oracle) / oracle

/**
 * Holds the mean of the same calls beside the kernel's. Half of ten comparisons at least must agree: a probe that loses the
 * CPU once, between the end of a call and its look at the clock, spoils the five means that hold this call.
 */
const besideTrace = async (probe: Probing, what: string): Promise<number> => {
  const pairs = await compare(probe, 10)
  const middle = pairs.toSorted((one, other) => error(one) - error(other))[Math.ceil(pairs.length / 2)]
  if (middle === undefined) throw new Error('nothing was compared')
  note(`fdatasync.mean by the disk probe, ${what}`, middle.ours, middle.oracle, ' ms')
  expect(error(middle)).toBeLessThan(0.1)
  return middle.oracle
}

/** Runs programs where something else is mounted on a folder; nobody else sees that. */
const mountedOn = (place: string, mount: string): readonly string[] => [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${mount}; shift; exec "$@"`, 'sh', place],
]

const missingOf = (node: NodeView): string => {
  const reading = node.reading('fdatasync.mean')
  return reading.kind === 'missing' && reading.missing !== 'no-data' ? `${reading.missing}: ${reading.advice}` : ''
}

/** Asks for the probe in a folder where it must not write; gives back what kntop says of it. */
const refusal = async (diskProbeFolder: string, enter: readonly string[] = []): Promise<string> => {
  const watched = await watch({ enter, optIns: ['disk-probe'], settings: { diskProbeFolder } })
  const node = await watched.until('a refusal', (node) => missingOf(node) !== '' && isRefused(node))
  await watched.end()
  expect(readdirSync(diskProbeFolder)).toEqual([])
  return missingOf(node)
}

const isRefused = (node: NodeView): boolean => node.optIns.get('disk-probe')?.state === 'refused'

describe('the disk probe', () => {
  test('its mean is that of the same calls as the kernel traced them', async (context) => {
    await requireKernel(context, 'tracing of system calls')
    await besideTrace(await probing(), 'as the disk is')
  })

  test('so it is on a disk that is slowed down', async (context) => {
    await requireKernel(context, 'tracing of system calls', 'limits of block IO in cgroups')
    const probe = await probing()
    const usual = probe.watched.node().value('fdatasync.mean')
    throttleWrites(probe.pid, probe.diskProbeFolder, 10)
    expect(await besideTrace(probe, 'slowed down to 10 writes a second')).toBeGreaterThan(5 * usual)
    await probe.watched.until('the band', (node) => bandOf(node) === 'critical')
  })

  test('it leaves neither a file nor a process', async () => {
    const { watched, mark, diskProbeFolder } = await probing()
    expect(readdirSync(diskProbeFolder)).toEqual([])
    await watched.end()
    expect(readdirSync(diskProbeFolder)).toEqual([])
    await vi.waitFor(() => expect(mark.processes()).toEqual([]), { timeout: 2000, interval: 20 })
  })

  test('it does not write to memory', async () => {
    const place = makeFolder()
    const words = await refusal(place, mountedOn(place, 'mount -t tmpfs -o mode=700 kntop-test "$1"'))
    expect(words).toMatch(/^not-applicable: on tmpfs, which is not a filesystem of a local disk/)
  })

  test('nor to an overlay', async (context) => {
    await requireKernel(context, 'overlay filesystems')
    const place = makeFolder()
    const overlay =
      'mount -t tmpfs kntop-test /mnt; mkdir /mnt/a /mnt/b /mnt/c; ' +
      'mount -t overlay kntop-test -o lowerdir=/mnt/a,upperdir=/mnt/b,workdir=/mnt/c "$1"'
    expect(await refusal(place, mountedOn(place, overlay))).toMatch(/^not-applicable: on overlay/)
  })

  test("nor into etcd's own folder", async () => {
    const place = join(makeFolder(), 'member', 'wal')
    mkdirSync(place, { recursive: true })
    expect(await refusal(place)).toMatch(/^not-applicable: inside the member folder of etcd/)
  })

  test('nor into a folder that all users share', async () => {
    const place = makeFolder()
    chmodSync(place, 0o1777)
    expect(await refusal(place)).toMatch(/^not-applicable: shared with every user/)
  })
})
