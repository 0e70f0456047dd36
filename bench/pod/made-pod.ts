import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PodPlace } from '../../source/events/inquiry.ts'
import type { PodId } from '../../source/events/names.ts'
import { clean } from '../../source/text/clean.ts'

/** A namespace and control groups as a kubelet makes them, without one. */
export interface MadePod {
  readonly place: PodPlace
  readonly pid: number
  readonly address: string
  /** The node's end of its cable. */
  readonly cable: string
  close(): Promise<void>
}

const name = 'kntop-bench-pod'
const cable = 'kntop-bench-p'
const address = '10.244.1.7'
/** As a runtime keeps it, where a pod's resolv.conf is believed. */
const runtime = '/run/containerd/io.containerd.grpc.v1.cri/sandboxes'
/** Pods of a full node. */
const pods = 110
/** Connections of the pod to itself: each has two sockets. */
const connections = 50

const hold = `$| = 1; use IO::Socket::IP;
my $one = IO::Socket::IP->new(LocalAddr => "127.0.0.1", LocalPort => 7000, Listen => 5) or die $!;
my @all; for (1 .. ${connections}) { push @all, IO::Socket::IP->new(PeerAddr => "127.0.0.1", PeerPort => 7000), scalar $one->accept }
$_->syswrite("12345") for @all; print "ready\\n"; sleep 100000`

const ip = (...words: readonly string[]): void => void execFileSync('ip', words, { stdio: 'ignore' })

/** Version 2 has one tree, version 1 one for each controller. */
const rootOfGroups = (): string =>
  existsSync('/sys/fs/cgroup/cgroup.controllers') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids'

const removeGroups = (folder: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroups(join(folder, entry.name))
  rmdirSync(folder)
}

/** Of ten pods seven are burstable, two best effort; the others lie beside those folders. */
const classOf = (index: number): string => (index % 10 < 7 ? 'burstable' : index % 10 < 9 ? 'besteffort' : '')

const idOf = (uid: string): string => uid.replaceAll('-', '').repeat(2)

const start = async (resolver: string): Promise<ChildProcess> => {
  const inside = `mount --bind '${resolver}' /etc/resolv.conf && exec perl -e '${hold}'`
  const child = spawn('ip', ['netns', 'exec', name, 'unshare', '--mount', 'sh', '-c', inside], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

/** A pod with a hundred sockets, its veth and its own resolv.conf, on a node of 110 pods. As root. */
export const makePod = async (): Promise<MadePod> => {
  const groups = join(rootOfGroups(), name)
  const uids = Array.from({ length: pods }, () => randomUUID())
  const [uid = ''] = uids
  const sandbox = join(runtime, idOf(uid))
  // The first folder that was not there before.
  const made = mkdirSync(sandbox, { recursive: true }) ?? sandbox
  let child: ChildProcess | undefined
  const close = async (): Promise<void> => {
    if (child !== undefined && child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    execFileSync('sh', ['-c', `ip netns del ${name}; ip link del ${cable}; rm -rf '${made}'`], { stdio: 'ignore' })
    removeGroups(groups)
  }
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('link', 'set', cable, 'up')
  ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
  ip('-n', name, 'link', 'set', 'eth0', 'up')
  ip('-n', name, 'route', 'add', 'default', 'via', '10.244.1.1')
  uids.forEach((each, index) =>
    mkdirSync(join(groups, 'kubepods', classOf(index), `pod${each}`, idOf(each)), { recursive: true }),
  )
  const resolver = join(sandbox, 'resolv.conf')
  writeFileSync(
    resolver,
    'nameserver 10.96.0.10\nsearch web.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n',
  )
  child = await start(resolver)
  const { pid = 0 } = child
  writeFileSync(join(groups, 'kubepods', classOf(0), `pod${uid}`, idOf(uid), 'cgroup.procs'), String(pid))
  const place: PodPlace = {
    ...{ kind: 'pod', id: 'web/front' as PodId, uid: clean(uid), containers: [clean(idOf(uid))], hostNetwork: false },
  }
  return { place, pid, address, cable, close }
}
