import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ResolverLook } from '../../source/events/looks.ts'
import type { PodId } from '../../source/events/names.ts'
import type { Blind } from '../../source/nodes/namespaces/look-kind.ts'
import { resolverLook } from '../../source/nodes/namespaces/resolver.ts'
import { clean } from '../../source/text/clean.ts'
import { asPod } from './support/cgroup.ts'
import { start } from './support/command.ts'
import { requireKernel } from './support/kernel.ts'
import { lookingAt } from './support/look.ts'
import { folder } from './support/names.ts'
import { type Watched, watch } from './support/watch.ts'

const cluster =
  'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'

/** What must never be seen: of the host, and such that a resolver would heed it. */
const secret = 'nameserver 198.51.100.66\nsearch secret.host\nroot:hash:1\n'

let host = ''

beforeEach(() => {
  host = mkdtempSync(join(folder, 'resolver-'))
  onTestFinished(() => rmSync(host, { recursive: true }))
  writeFileSync(join(host, 'secret'), secret)
})

/** A file of the host in a folder below the test's own. */
const put = (path: string, text: string): string => {
  const file = join(host, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

/** Writes a resolv.conf as containerd does. */
const byRuntime = (text: string): string =>
  put(`containerd/io.containerd.grpc.v1.cri/sandboxes/${'ab12'.repeat(16)}/resolv.conf`, text)

/** A process that sees other files than the host: what the script makes of its `/etc`. `$1`: the host's folder. */
const pod = async (script: string, more: readonly string[] = []) => {
  const text = `set -e; mkdir -p "$1/pod/etc"; mount -t tmpfs pod /etc; ${script}\necho there; exec sleep 1000`
  const process = start(['unshare', '--mount', ...more, 'sh', '-c', text, 'sh', host])
  await process.said(/^there$/)
  return process
}

/** A folder of programs, each of this machine's or busybox's. */
const tools = (names: readonly string[], busybox = false): string => {
  mkdirSync(join(host, 'tools'))
  for (const name of names) symlinkSync(busybox ? '/usr/bin/busybox' : `/usr/bin/${name}`, join(host, 'tools', name))
  return join(host, 'tools')
}

const lookInto = async (script: string): Promise<ResolverLook | Blind> =>
  (await lookingAt(resolverLook, (await pod(script)).pid)).look()

/** A process with a root of its own, in which `/etc` leads to a folder of the host that has a resolv.conf. */
const rootWithLink = `cp "$1/secret" "$1/resolv.conf"; mkdir "$1/root"; mount -t tmpfs t "$1/root"; cd "$1/root"; mkdir usr
  mount --bind /usr usr; for x in bin lib lib64; do ln -s usr/$x $x; done; ln -s "$1" etc
  echo there; exec chroot . sleep 1000`

const mountOf = (file: string): string => `touch /etc/resolv.conf; mount --bind '${file}' /etc/resolv.conf`

describe('the resolv.conf that a runtime mounts into a pod', () => {
  test.for([
    ['containerd', `io.containerd.grpc.v1.cri/sandboxes/${'0a'.repeat(32)}/resolv.conf`],
    ['CRI-O', `storage/overlay-containers/${'0a'.repeat(32)}/userdata/resolv.conf`],
    ['Docker', `docker/containers/${'0a'.repeat(32)}/resolv.conf`],
  ] as const)('of %s is read from the host', async ([, path]) => {
    const file = put(path, cluster)
    expect(await lookInto(mountOf(file))).toMatchObject({
      file,
      servers: ['10.96.0.10'],
      searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      byHand: [`cat ${file}`],
    })
  })

  test('is read from the host where the runtime keeps it on a file system that is mounted elsewhere in the pod', async () => {
    const file = byRuntime(cluster)
    expect(await lookInto(`mount --bind '${host}' /mnt; ${mountOf(file)}; mount -t tmpfs t '${host}'`)).toMatchObject({
      file,
      servers: ['10.96.0.10'],
    })
  })

  test('is the newest one where one lies upon the other', async () => {
    const [old, now] = [byRuntime(secret), put(`docker/containers/${'0a'.repeat(32)}/resolv.conf`, cluster)]
    expect(await lookInto(`${mountOf(old)}; mount --bind '${now}' /etc/resolv.conf`)).toMatchObject({ file: now })
  })

  test('is not taken for what the pod sees where /etc was covered afterwards', async () => {
    const file = byRuntime(secret)
    const look = await lookInto(`${mountOf(file)}; mount -t tmpfs t /etc; echo nameserver 10.0.0.3 >/etc/resolv.conf`)
    expect(look).toMatchObject({
      file: expect.stringMatching(/^\/proc\/\d+\/root\/etc\/resolv.conf$/),
      servers: ['10.0.0.3'],
    })
  })
})

describe('a resolv.conf of the pod itself', () => {
  test('is read where it is a regular file', async () => {
    expect(await lookInto(`echo 'nameserver 10.0.0.1' >/etc/resolv.conf`)).toMatchObject({ servers: ['10.0.0.1'] })
  })

  test('is read from a volume only as the pod sees it, never by the path of the host', async () => {
    const volume = 'pods/6f1/volumes/kubernetes.io~empty-dir/v/io.containerd.grpc.v1.cri/sandboxes/ab/resolv.conf'
    expect(await lookInto(mountOf(put(volume, cluster)))).toMatchObject({
      file: expect.stringMatching(/^\/proc\/\d+\/root\/etc\/resolv.conf$/),
      servers: ['10.96.0.10'],
    })
  })

  test.for([
    ['a link to a file of the host', `ln -s "$1/secret" /etc/resolv.conf`, /is a symbolic link/],
    ['a link to /etc/shadow', `ln -s /etc/shadow /etc/resolv.conf`, /is a symbolic link/],
    ['behind a link to a folder of the host', rootWithLink, /is a symbolic link/],
    ['a FIFO', 'mkfifo /etc/resolv.conf', /is no regular file/],
    ['/dev/zero', 'mknod /etc/resolv.conf c 1 5', /is no regular file/],
    ['/dev/zero, mounted', 'touch /etc/resolv.conf; mount --bind /dev/zero /etc/resolv.conf', /is no regular file/],
    ['a folder', 'mkdir /etc/resolv.conf', /is no regular file/],
    ['10 MB', 'yes "nameserver 10.0.0.1" | head -c 10000000 >/etc/resolv.conf', /more than 64 KB/],
    ['10 MB of nothing', 'truncate -s 10M /etc/resolv.conf', /more than 64 KB/],
    ['not there', ':', /is not there/],
  ] as const)('that is %s is not shown, and said why', async ([, script, why]) => {
    const look = await lookInto(script)
    expect(look).toEqual({ cause: expect.stringMatching(why) })
  })

  test('on a file system of the pod that never answers is not touched', async (context) => {
    await requireKernel(context, 'file systems in user space')
    const script = `exec 3<>/dev/fuse; mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 none /etc`
    expect(await lookInto(script)).toEqual({ cause: expect.stringContaining('may never answer') })
  })

  test('that does not come within 2 s is given up', async () => {
    const script = join(tools(['grep', 'tail', 'sed', 'sh', 'readlink', 'timeout', 'sleep']), 'perl')
    writeFileSync(script, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 })
    const { pid } = await pod('echo nameserver 10.0.0.1 >/etc/resolv.conf')
    const look = await (await lookingAt(resolverLook, pid, { tools: join(script, '..') })).look()
    expect(look).toEqual({ cause: expect.stringContaining('did not come within 2 s') })
  })

  test('that is 64 KB is read', async () => {
    const script = 'yes "# 345" | head -c 65514 >/etc/resolv.conf; echo nameserver 10.0.0.101 >>/etc/resolv.conf'
    expect(await lookInto(script)).toMatchObject({ servers: ['10.0.0.101'] })
  })

  test('shows only what a resolver heeds', async () => {
    const look = await lookInto(`cp /proc/self/status /etc/resolv.conf; echo 'root:x:0:secret' >>/etc/resolv.conf`)
    expect(look).toMatchObject({ servers: [], searches: [], options: [] })
    expect(JSON.stringify(look)).not.toContain('secret')
  })

  test('that becomes something else again and again is never read as what it must not be, and holds nothing up', async () => {
    symlinkSync(join(host, 'secret'), join(host, 'link'))
    const swapping = `mkfifo /etc/fifo; mknod /etc/zero c 1 5; ln -s "$1/secret" /etc/link; echo nameserver 10.0.0.1 >/etc/file
      (while [ -e /proc/$$ ]; do for x in file link fifo zero; do
      ln -f /etc/$x /etc/new 2>/dev/null || cp -P /etc/$x /etc/new; mv -f /etc/new /etc/resolv.conf; done; done) &`
    const { pid } = await pod(swapping)
    const looking = await lookingAt(resolverLook, pid)
    const seen = new Set<string>()
    for (let index = 0; index < 30; index += 1) {
      const look = await looking.look()
      seen.add('cause' in look ? look.cause : look.servers.join(' '))
    }
    expect([...seen].filter((one) => !/10\.0\.0\.1$|symbolic link|no regular file|not there/.test(one))).toEqual([])
    expect(seen.size).toBeGreaterThan(1)
  })
})

/** Milliseconds from each value of the 1 s group to the next. */
const stepsSince = (watched: Watched, from: number): readonly number[] => {
  const times = watched.taken('cpu.busy').flatMap(({ at }) => (at > from ? [at] : []))
  return times.slice(1).map((at, index) => at - (times[index] ?? Number.NaN))
}

test('the figures of a node go on second by second while pods with a bad resolv.conf are looked at again and again', async () => {
  const bad = [
    ['a link to a file of the host', `ln -s "$1/secret" /etc/resolv.conf`, /is a symbolic link/],
    ['a FIFO', 'mkfifo /etc/resolv.conf', /is no regular file/],
    ['/dev/zero', 'touch /etc/resolv.conf; mount --bind /dev/zero /etc/resolv.conf', /is no regular file/],
    ['10 MB', 'yes "nameserver 10.0.0.1" | head -c 10000000 >/etc/resolv.conf', /more than 64 KB/],
  ] as const
  const container = 'c0de'.repeat(16)
  const uids = bad.map(() => randomUUID())
  for (const [index, uid] of uids.entries()) {
    const { pid } = await pod(bad[index]?.[1] ?? '', ['--net'])
    asPod(pid, uid, container)
  }
  const watched = await watch()
  const from = performance.now()
  const common = { kind: 'pod', id: 'web/bad' as PodId, containers: [clean(container)], hostNetwork: false } as const
  const all = watched.looksAt(uids.map((uid) => ({ place: { ...common, uid: clean(uid) }, tab: 'dns' })))
  // A machine may be late for reasons of its own; looks are taken all the time: so six seconds without a hole are waited for.
  await watched.until(
    'six values a second apart',
    () => {
      const last = stepsSince(watched, from).slice(-6)
      return last.length === 6 && last.every((step) => step < 1500) && all.every(({ length }) => length > 6)
    },
    60_000,
  )
  expect(watched.node().link).toMatchObject({ state: 'live' })
  for (const [index, [what, , why]] of bad.entries())
    for (const report of all[index] ?? [])
      expect(report, what).toEqual({ state: 'refused', cause: expect.stringMatching(why) })
})

test('without root the resolver of a pod is not read, and the command that would is said', async () => {
  const looking = await lookingAt(resolverLook, (await pod(mountOf(byRuntime(cluster)))).pid, { right: 'user' })
  expect(await looking.look()).toEqual({ cause: expect.stringMatching(/takes root to read: cat \/proc\/\d+\/root/) })
})

describe('a node without some of the tools', () => {
  const small = ['cat', 'grep', 'head', 'tail', 'wc', 'sed', 'sh', 'readlink']
  /** What the test keeps for containerd is where containerd keeps it. */
  const mounts = () =>
    `mount -t tmpfs t /var/lib; mkdir /var/lib/containerd; mount --bind '${host}/containerd' /var/lib/containerd`
  const within = async (script: string, names: readonly string[], busybox = false) =>
    (await lookingAt(resolverLook, (await pod(script)).pid, { tools: tools(names, busybox), mounts: mounts() })).look()

  test.for([false, true])('reads what a runtime mounted without perl; all of busybox: %s', async (busybox) => {
    const file = byRuntime(cluster)
    const look = await within(mountOf(file), [...small, 'timeout'], busybox)
    const seen = file.replace(host, '/var/lib')
    expect(look).toMatchObject({ file: seen, servers: ['10.96.0.10'], ndots: 5 })
  })

  test('finds what a runtime mounted too long without perl', async () => {
    const look = await within(mountOf(byRuntime('# 345\n'.repeat(11_000))), [...small, 'timeout'])
    expect(look).toEqual({ cause: expect.stringContaining('more than 64 KB') })
  })

  test('does not read without perl what only looks like a file of a runtime', async () => {
    const file = put(`volume/io.containerd.grpc.v1.cri/sandboxes/${'ab12'.repeat(16)}/resolv.conf`, cluster)
    mkdirSync(join(host, 'containerd'))
    const look = await within(mountOf(file), [...small, 'timeout'])
    expect(look).toEqual({ cause: expect.stringContaining('takes perl on this node') })
  })

  test('does not read a file of the pod itself without perl', async () => {
    mkdirSync(join(host, 'containerd'))
    const look = await within('echo nameserver 10.0.0.1 >/etc/resolv.conf', [...small, 'timeout'])
    expect(look).toEqual({ cause: expect.stringContaining('takes perl on this node') })
  })

  test('reads nothing without timeout', async () => {
    const look = await within(mountOf(byRuntime(cluster)), small)
    expect(look).toEqual({ cause: expect.stringContaining('install timeout') })
  })
})
