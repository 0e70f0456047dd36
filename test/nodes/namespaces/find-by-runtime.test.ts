import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { demand } from '../sampler/awks.ts'
import { madeNode, podOf, shells } from './made-node.ts'

demand('dash', 'bash', 'busybox', 'perl')

const uid = '0f0e0d0c-1111-2222-3333-444455556666'
const id = 'a'.repeat(64)
const other = 'b'.repeat(64)
const pod = podOf({ uid, containers: [id] })

/** What tools of runtimes really printed. */
const fixture = (name: string): URL => new URL(`../../fixtures/namespace/${name}`, import.meta.url)

describe.each(shells)('a process of a pod that neither groups nor processes tell, under %s', (_, shell) => {
  test.each([
    [
      'as it prints',
      '{\n  "status": {\n    "id": "x",\n    "state": "CONTAINER_RUNNING"\n  },\n  "info": {\n    "sandboxID": "s",\n    "pid": 31,\n    "runtimeSpec": {"linux": {"namespaces": [{"type": "pid"}]}}\n  }\n}',
    ],
    [
      'of older versions',
      '{\n  "status": {\n    "state": "CONTAINER_RUNNING"\n  },\n  "pid": 31,\n  "sandboxId": "s"\n}',
    ],
    [
      'on one line',
      '{"status":{"state":"CONTAINER_RUNNING","annotations":{"note":"{\\"a\\":1,\\"pid\\":77}"},"labels":{"pid":"5"}},"info":{"sandboxID":"s","pid":31,"removing":false}}',
    ],
  ])('is asked of crictl, whose answer is read %s', (_name, answer) => {
    const node = madeNode()
    node.socket('crio/crio.sock')
    node.program(
      'crictl',
      `[ "$*" = "-r unix://${node.root}/run/crio/crio.sock inspect ${id}" ] && cat <<'EOF'\n${answer}\nEOF`,
    )
    node.process(31)
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 31, way: 'crictl' })
  })

  test('is not taken from crictl for a container that has ended: its number may be anybody’s', () => {
    const node = madeNode()
    node.socket('crio/crio.sock')
    const answer = '{"status":{"state":"CONTAINER_EXITED","labels":{"state":"CONTAINER_RUNNING "}},"info":{"pid":31}}'
    node.program('crictl', `cat <<'EOF'\n${answer}\nEOF`)
    node.process(31)
    expect(node.look(shell, pod).footing).toHaveProperty('cause')
  })

  test('is asked of ctr where there is no crictl, at the socket that k3s has', () => {
    const node = madeNode()
    node.socket('k3s/containerd/containerd.sock')
    const rows = ['TASK PID STATUS', `${other} 30 RUNNING`, `${id} 33 RUNNING`].join('\n')
    node.program(
      'ctr',
      `[ "$*" = "-a ${node.root}/run/k3s/containerd/containerd.sock --connect-timeout 2s --timeout 5s -n k8s.io task ls" ] && cat <<'EOF'\n${rows}\nEOF`,
    )
    node.process(33)
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 33, way: 'ctr' })
    expect(node.look(shell, pod, { uid: 1000 }).footing).toHaveProperty('cause')
  })

  test.each(['crictl', 'ctr'])('is found by %s where of two runtimes only the second has the container', (tool) => {
    const node = madeNode()
    node.socket('containerd/containerd.sock')
    node.socket('k3s/containerd/containerd.sock')
    // The first one has pods of its own: its answers are none of this pod's.
    node.program(
      tool,
      `echo "$*" >>'${node.root}/asked'
case "\${2#unix://}:$*" in
'${node.root}/run/k3s/'*inspect*) echo '{"status":{"state":"CONTAINER_RUNNING"},"info":{"pid":34}}';;
'${node.root}/run/k3s/'*) echo 'TASK PID STATUS'; echo '${id} 34 RUNNING';;
*inspect*) echo 'FATA[0000] rpc error: code = NotFound desc = an error occurred' >&2; exit 1;;
*) echo 'TASK PID STATUS'; echo '${other} 30 RUNNING';;
esac`,
    )
    node.process(30)
    node.process(34)
    expect(node.look(shell, pod).footing).toMatchObject({ pid: 34, way: tool })
    const asked = readFileSync(join(node.root, 'asked'), 'utf8').trimEnd().split('\n')
    expect(asked.map((line) => /run\/(\S+)\/containerd.sock/.exec(line)?.[1])).toEqual(['containerd', 'k3s/containerd'])
  })

  test('is the one that a real ctr lists as running, and none that it lists as stopped', () => {
    const node = madeNode()
    node.socket('containerd/containerd.sock')
    node.program('ctr', `cat '${fileURLToPath(fixture('ctr-tasks.txt'))}'`)
    const [, ...rows] = readFileSync(fixture('ctr-tasks.txt'), 'utf8').trimEnd().split('\n')
    expect(rows).toHaveLength(2)
    const found = rows.map((row) => {
      const [container = '', pid, status] = row.split(/\s+/)
      node.process(Number(pid))
      return [status, node.look(shell, podOf({ uid, containers: [container] })).footing]
    })
    expect(found).toEqual([
      ['RUNNING', expect.objectContaining({ pid: 88, way: 'ctr' })],
      ['STOPPED', { cause: expect.stringContaining('no process of this pod') }],
    ])
  })

  test('is the one that a real crictl tells of a container that runs, and none of one that has ended', () => {
    for (const [name, outcome] of [
      ['crictl-running.json', { pid: 129, way: 'crictl' }],
      ['crictl-exited.json', { cause: expect.stringContaining('no process of this pod') }],
    ] as const) {
      const node = madeNode()
      node.socket('containerd/containerd.sock')
      node.program('crictl', `cat '${fileURLToPath(fixture(name))}'`)
      // Those that a label, and an annotation that is JSON itself, have the name of.
      for (const pid of [5, 77, 86, 129]) node.process(pid)
      expect(node.look(shell, pod).footing, name).toMatchObject(outcome)
    }
  })

  test('is not one of a runtime that says that it stopped', () => {
    const node = madeNode()
    node.socket('containerd/containerd.sock')
    node.program('ctr', `echo "${id} 33 STOPPED"`)
    node.process(33)
    expect(node.look(shell, pod).footing).toMatchObject({ cause: expect.stringContaining('no process of this pod') })
  })
})
