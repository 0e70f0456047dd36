import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, rmSync, symlinkSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Place } from '../../../source/events/inquiry.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { demand } from '../sampler/awks.ts'
import { type MadeNode, madeNode, podOf, shells } from './made-node.ts'

demand('dash', 'bash', 'busybox', 'perl')

const uid = '0f0e0d0c-1111-2222-3333-444455556666'
const underlined = uid.replaceAll('-', '_')
const id = 'a'.repeat(64)
const other = 'b'.repeat(64)
const pod = podOf({ uid, containers: [id] })

/** What the text says that a held program starts, with the arguments of a look. */
const found = (shell: readonly string[], node: MadeNode, place: Place): string => {
  const { script } = lookScript({ script: '', held: (finder) => finder }, place, node.trees)
  const [command = '', ...options] = shell
  const { stdout } = spawnSync(command, [...options, '-c', script.held ?? '', 'sh', ...script.args], {
    encoding: 'utf8',
  })
  return stdout
}

/** Where kubelets put a container, by what they are set to. */
const groups: readonly (readonly [string, string])[] = [
  [
    'version 2, systemd, containerd',
    `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${underlined}.slice/cri-containerd-${id}.scope`,
  ],
  ['version 2, systemd, a guaranteed pod', `kubepods.slice/kubepods-pod${underlined}.slice/cri-containerd-${id}.scope`],
  [
    'version 2, systemd, CRI-O',
    `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underlined}.slice/crio-${id}.scope`,
  ],
  [
    'version 2, systemd, CRI-O with the container one below',
    `kubepods.slice/kubepods-pod${underlined}.slice/crio-${id}.scope/container`,
  ],
  ['version 2, systemd, docker', `kubepods.slice/kubepods-pod${underlined}.slice/docker-${id}.scope`],
  ['version 2, cgroupfs', `kubepods/burstable/pod${uid}/${id}`],
  ['version 2, cgroupfs, a guaranteed pod', `kubepods/pod${uid}/${id}`],
  [
    'version 2, a kubelet of kind',
    `kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${underlined}.slice/cri-containerd-${id}.scope`,
  ],
  [
    'version 2, a guaranteed pod of kind',
    `kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${underlined}.slice/cri-containerd-${id}.scope`,
  ],
  ['version 2, kind with cgroupfs', `kubelet/kubepods/besteffort/pod${uid}/${id}`],
  [
    'version 2, systemd in the container',
    `kubepods.slice/kubepods-pod${underlined}.slice/cri-containerd-${id}.scope/init.scope`,
  ],
  [
    'version 2, services in the container',
    `kubepods.slice/kubepods-pod${underlined}.slice/cri-containerd-${id}.scope/system.slice/app.service`,
  ],
  ['version 1, cgroupfs', `pids/kubepods/besteffort/pod${uid}/${id}`],
  [
    'version 1, systemd',
    `systemd/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underlined}.slice/cri-containerd-${id}.scope`,
  ],
  ['version 1, without the controller of pids', `memory/kubepods/burstable/pod${uid}/${id}`],
]

describe.each(shells)('a process of a pod, under %s', (_, shell) => {
  test.each(groups)('is found in its control group: %s', (_name, path) => {
    const node = madeNode()
    node.group(path, 41, 42)
    node.process(41, { line: `/${path}` })
    expect(node.look(shell, pod).footing).toMatchObject({ way: 'its cgroup', pid: 41, right: 'root', isHost: false })
  })

  test('is that of the pod, and of no other one beside it', () => {
    const node = madeNode()
    const beside = 'kubepods/besteffort/pod99990000-1111-2222-3333-444455556666'
    for (const [path, pid] of [
      [`${beside}/${other}`, 7],
      [`kubepods/besteffort/pod${uid}/${id}`, 8],
    ] as const) {
      node.group(path, pid)
      node.process(pid, { line: `/${path}` })
    }
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 8 })
  })

  test('is never the monitor of CRI-O, in its group or in a search', () => {
    const node = madeNode()
    const slice = `kubepods.slice/kubepods-pod${underlined}.slice`
    node.group(`${slice}/crio-conmon-${id}.scope`, 5)
    node.process(5, { line: `/${slice}/crio-conmon-${id}.scope` })
    expect(node.look(shell, pod).footing).toMatchObject({ cause: expect.stringContaining('no process of this pod') })
    node.group(`${slice}/crio-${id}.scope`, 6)
    node.process(6, { line: `/${slice}/crio-${id}.scope` })
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 6 })
  })

  test('is one of its sandbox, where no container lives or none has begun', () => {
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`)
    node.group(`kubepods/pod${uid}/${other}`, 9)
    node.process(9, { line: `/kubepods/pod${uid}/${other}` })
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 9, way: 'its cgroup' })
    expect(node.look(shell, podOf({ uid, containers: [] })).footing).toMatchObject({ pid: 9 })
  })

  test('of a static pod is found by its container: the kubelet knows it under another uid', () => {
    const node = madeNode()
    const path = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${'c'.repeat(32)}.slice/cri-containerd-${id}.scope`
    node.group(path, 12)
    node.process(12, { line: `/${path}` })
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 12, way: 'its cgroup' })
  })

  test('is searched for among all processes, where groups are kept elsewhere', () => {
    const node = madeNode()
    node.process(20, { line: '/system.slice/sshd.service' })
    node.process(21, { line: `/docker/${other}/kubelet/kubepods/pod${uid}/crio-conmon-${id}.scope` })
    node.process(22, { line: `/docker/${other}/kubelet/kubepods/pod${uid}/${id}` })
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 22, way: 'a search of all processes' })
  })

  test('is not one that got its number before it was looked at', () => {
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`, 50)
    node.process(50, { line: '/system.slice/cron.service' })
    expect(node.look(shell, pod).footing).toEqual({ cause: 'the process of the pod ended while it was looked at' })
  })

  test.each([
    ['got its number', 'printf "51 (app) S 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 9999 0\\n" >"${net%/net}/stat"'],
    ['is gone', 'rm -r "${net%/net}"'],
  ])('is not one that %s while it was looked at', (_name, script) => {
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`, 51)
    node.process(51, { line: `/kubepods/pod${uid}/${id}` })
    expect(node.look(shell, pod, { script }).footing).toEqual({
      cause: 'the process of the pod ended while it was looked at',
    })
  })

  test.each([
    ['that of another pod', `pod${uid}/${id}`],
    ['that of its container', id],
  ])('is not one of another pod that called a group of its own after it: %s', (_name, called) => {
    const node = madeNode()
    const otherUid = uid.replaceAll(/[0-9]/g, '7')
    const own = `kubepods.slice/kubepods-pod${otherUid}.slice/cri-containerd-${other}.scope`
    node.group(`${own}/${called}`, 51)
    node.process(51, { line: `/${own}/${called}` })
    expect(node.look(shell, pod).footing).toHaveProperty('cause')
    node.process(51, { line: `/kubepods.slice/kubepods-pod${uid}.slice/cri-containerd-${id}.scope/${other}` })
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 51 })
  })

  test.each(['x) R 1', 'x) R 1\n2 (y) S 3', ') ) )', ' '])('may be named %j', (name) => {
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`, 52)
    node.process(52, { name, start: 4321, line: `/kubepods/pod${uid}/${id}` })
    const { footing, sections } = node.look(shell, pod)
    expect(footing).toMatchObject({ pid: 52 })
    expect(sections.get('footing')?.[2]).toBe('4321')
  })

  test('says whether its namespace is that of the node', () => {
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`, 53)
    node.process(53, { line: `/kubepods/pod${uid}/${id}` })
    node.process(1)
    const { footing } = node.look(shell, pod)
    expect(footing).toMatchObject({ isHost: false, namespace: expect.any(Number) })
    rmSync(join(node.root, 'proc/1'), { recursive: true })
    expect(node.look(shell, { ...pod, hostNetwork: true }).footing).toMatchObject({ isHost: true })
  })

  test('is no part of what the node itself stands for', () => {
    const node = madeNode()
    const { footing, sections } = node.look(shell, { kind: 'host' }, { script: 'section x; inside echo "$whose"' })
    expect(footing).toMatchObject({ way: 'the node itself', isHost: true })
    expect(sections.get('x')).toEqual(['node'])
  })
})

/** A real process of this name, until the test ends. */
const processNamed = async (name: string): Promise<number> => {
  const node = madeNode()
  const file = join(node.root, name)
  copyFileSync('/bin/sleep', file)
  const child = spawn(file, ['1000'], { stdio: 'ignore' })
  await once(child, 'spawn')
  onTestFinished(() => void child.kill('SIGKILL'))
  return child.pid ?? expect.fail('has not started')
}

describe.each(shells)('a real process, under %s', (_, shell) => {
  test('named `x) R 1` with a newline has the start time that it has', async () => {
    const pid = await processNamed('x) R 1\n2 (y) S')
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`, pid)
    // Its group is made, its stat is the kernel's.
    node.process(pid, { line: `/kubepods/pod${uid}/${id}` })
    rmSync(join(node.root, `proc/${pid}/stat`))
    symlinkSync(`/proc/${pid}/stat`, join(node.root, `proc/${pid}/stat`))
    const { footing, sections } = node.look(shell, pod)
    expect(footing).toMatchObject({ pid })
    // In clock ticks since boot: it began a moment ago.
    const since = uptime() - Number(sections.get('footing')?.[2]) / 100
    expect(since).toBeGreaterThanOrEqual(0)
    expect(since).toBeLessThan(60)
  })
})

describe.each(shells)('for a program that is held a process is found under %s', (_, shell) => {
  test('and told with whose namespace it is in, and how it was found', () => {
    const node = madeNode()
    node.group(`kubepods/pod${uid}/${id}`, 71)
    expect(found(shell, node, pod)).toBe('71\npod\nits cgroup\n')
    expect(found(shell, node, { ...pod, hostNetwork: true })).toBe('71\nnode\nits cgroup\n')
  })

  test('and nothing is told of a pod that is not there', () => {
    expect(found(shell, madeNode(), pod)).toBe('')
  })

  test('which is that program itself where the node is meant', () => {
    expect(found(shell, madeNode(), { kind: 'host' })).toBe(`${process.pid}\nnode\nthe node itself\n`)
  })
})
