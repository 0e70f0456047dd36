import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parsePodListing } from '../../../../source/nodes/probes/pods/listing.ts'
import { searchScript } from '../../../../source/nodes/probes/pods/script.ts'
import { demand } from '../../sampler/awks.ts'

const uid = '0b2f4c1e-1111-2222-3333-444455556666'
const underscored = uid.replaceAll('-', '_')
const mirror = '9'.repeat(32)
const [id, other] = ['ab'.repeat(32), 'cd'.repeat(32)] as const

/** A node's trees in a folder: files by their paths below it; processes of one namespace share the file that stands for it. */
const node = (
  files: Readonly<Record<string, string>>,
  namespaces: readonly (readonly (number | 'self')[])[],
  name = '',
): string => {
  const folder = mkdtempSync(join(tmpdir(), `kntop-pods-${name}`))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [first, ...others] of namespaces) {
    const fileOf = (pid: number | 'self' | undefined): string => join(folder, 'proc', String(pid), 'net/snmp')
    for (const pid of [first, ...others]) mkdirSync(dirname(fileOf(pid)), { recursive: true })
    writeFileSync(fileOf(first), 'Tcp: 1\n')
    for (const pid of others) linkSync(fileOf(first), fileOf(pid))
  }
  return folder
}

const inode = (folder: string, pid: number): number => statSync(join(folder, 'proc', String(pid), 'net/snmp')).ino

/** The script in a shell, with the machine's own tools but for its awk. */
const searched = (folder: string, shell: readonly [string, ...string[]] = ['dash'], awk = 'mawk', before = ':') => {
  const tools = join(folder, 'tools')
  mkdirSync(tools, { recursive: true })
  symlinkSync(execFileSync('sh', ['-c', `command -v ${awk}`], { encoding: 'utf8' }).trim(), join(tools, 'awk'))
  const script = searchScript({ proc: join(folder, 'proc'), cgroups: join(folder, 'cgroup') })
  const [command, ...args] = shell
  const text = execFileSync(command, [...args, '-c', `${before}\nuid=0\n${script}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: `${tools}:/usr/bin:/bin`, LC_ALL: 'C' },
  })
  return parsePodListing(text)
}

const stat = (pid: number, name: string, start: number): string =>
  `${pid} (${name}) S ${Array.from({ length: 18 }, () => 0).join(' ')} ${start} 7 8 9\n`

/** Process 1 and the reader in one namespace, a pod of two processes in another. */
const podded = (cgroup: string, files: Readonly<Record<string, string>> = {}): string =>
  node(
    {
      'proc/1/stat': stat(1, 'init', 1),
      'proc/50/stat': stat(50, 'x) R 1\n2 (y', 700),
      'proc/50/cgroup': cgroup,
      'proc/50/net/stat/nf_conntrack': 'entries  searched\n0000001f  00000000\n0000001f  00000000\n',
      'proc/9/stat': stat(9, ') ) (', 900),
      ...files,
    },
    [
      [1, 'self'],
      [9, 50],
    ],
  )

const limited = 'nr_periods 40\nnr_throttled 7\nthrottled_time 12345\n'
const unified = `usage_usec 5\nuser_usec 3\nsystem_usec 2\n${limited}`

describe('the search for pods', () => {
  test.for(
    [['dash'], ['bash'], ['busybox', 'sh']].flatMap((shell) =>
      ['gawk', 'mawk', 'original-awk'].map((awk) => [shell, awk] as const),
    ),
  )('takes the oldest process of a namespace, whatever it is called, in %j with %s', ([shell, awk]) => {
    demand('gawk', 'mawk', 'busybox', 'original-awk')
    const folder = podded(
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underscored}.slice/x\n`,
      {
        [`cgroup/kubepods.slice/kubepods-pod${underscored}.slice/cri-containerd-${id}.scope/cpu.stat`]: unified,
      },
    )
    const listing = searched(folder, shell as [string, ...string[]], awk)
    expect(listing.host).toBe(String(inode(folder, 1)))
    expect(listing.own).toBe(listing.host)
    expect(listing.namespaces).toEqual([{ key: `50:700:${inode(folder, 50)}`, uid, entries: 31 }])
    expect(listing.containers).toEqual([{ uid, id, periods: 40, throttled: 7 }])
  })

  test.for([
    [
      'v2, systemd',
      `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underscored}.slice/crio-${id}.scope`,
    ],
    ['v2, systemd, guaranteed', `kubepods.slice/kubepods-pod${underscored}.slice/cri-containerd-${id}.scope`],
    ['v2, cgroupfs', `kubepods/besteffort/pod${uid}/${id}`],
    ['v1, cgroupfs', `cpu/kubepods/burstable/pod${uid}/${id}`],
    ['v1, both controllers in one', `cpu,cpuacct/kubepods/pod${uid}/${id}`],
    [
      'v2, kind',
      `kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${underscored}.slice/cri-containerd-${id}.scope`,
    ],
    ['v2, kind, cgroupfs', `kubelet/kubepods/burstable/pod${uid}/${id}`],
  ] as const)('finds a container with a CPU limit under %s', ([, path]) => {
    const folder = podded('', {
      [`cgroup/${path}/cpu.stat`]: limited,
      // The pod's own group counts too; monitors are no containers, and one without a limit has no periods.
      [`cgroup/${dirname(path)}/cpu.stat`]: limited,
      [`cgroup/${dirname(path)}/crio-conmon-${id}.scope/cpu.stat`]: limited,
      [`cgroup/${dirname(path)}/${other}/cpu.stat`]: 'nr_periods 0\nnr_throttled 0\n',
    })
    expect(searched(folder).containers).toEqual([{ uid, id, periods: 40, throttled: 7 }])
  })

  test('knows the pod of a namespace by its control group, the mirror’s of a static pod too', () => {
    const folder = podded(`12:cpu:/kubepods/pod${mirror}/${id}\n3:pids:/kubepods/pod${mirror}/${id}\n`)
    expect(searched(folder).namespaces[0]?.uid).toBe(mirror)
  })

  test('says that a namespace is of no pod', () => {
    expect(searched(podded('0::/system.slice/docker.service\n')).namespaces[0]?.uid).toBe('-')
  })

  test('tells the host’s namespace apart from that in which it runs', () => {
    const folder = node({ 'proc/1/stat': stat(1, 'init', 1) }, [[1], ['self']])
    const { host, own } = searched(folder)
    expect(host).not.toBe(own)
  })

  test('reads 64 processes of a namespace at most, since a pod may have very many', () => {
    const many = Array.from({ length: 200 }, (_, index) => 1000 + index)
    const stats = many.map((pid) => [`proc/${pid}/stat`, stat(pid, 'x', 5000 - pid)])
    const { namespaces } = searched(node({ ...Object.fromEntries(stats) }, [[1, 'self'], many]))
    expect(namespaces.map(({ key }) => key.split(':').slice(0, 2))).toEqual([['1063', '3937']])
  })

  test('finds them also where processes are more than a command may have arguments', () => {
    const many = Array.from({ length: 700 }, (_, index) => 1000 + index)
    const folder = node(
      { 'proc/999999/stat': stat(999_999, 'x', 7) },
      [[1, 'self', ...many], [999_999]],
      'x'.repeat(200),
    )
    // A small stack leaves 128 KB for arguments.
    const { namespaces } = searched(folder, ['dash'], 'mawk', 'ulimit -s 512')
    expect(namespaces.map(({ key }) => key)).toEqual([`999999:7:${inode(folder, 999_999)}`])
  })

  test.for(['stat', 'xargs'])('says so where there is no %s', (lacking) => {
    const folder = podded('')
    const tools = join(folder, 'few')
    mkdirSync(tools)
    for (const name of ['stat', 'xargs', 'mawk'].filter((each) => each !== lacking))
      symlinkSync(`/usr/bin/${name}`, join(tools, name === 'mawk' ? 'awk' : name))
    const { lacks, namespaces } = searched(folder, ['/usr/bin/dash'], 'mawk', `PATH=${tools}`)
    expect([[...lacks], namespaces]).toEqual([['nostat'], []])
  })

  test('finds nothing where nothing is', () => {
    expect(searched(node({}, []))).toEqual({
      host: undefined,
      own: undefined,
      lacks: new Set(),
      namespaces: [],
      containers: [],
    })
  })
})
