import { beforeAll, describe, expect, test } from 'vitest'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { mostFiles, mostProcesses } from '../../../source/nodes/namespaces/socket-bounds.ts'
import { socketRuns } from '../../../source/nodes/namespaces/socket-script.ts'
import { socketWalk } from '../../../source/nodes/namespaces/socket-walk.ts'
import { toldByWalk } from '../../../source/nodes/namespaces/socket-walked.ts'
import { socketsLook } from '../../../source/nodes/namespaces/sockets.ts'
import { matcherOf, programsIn } from '../../../source/nodes/programs/programs.ts'
import { attribute, done, error, type MadeSocket, socketMessage, status } from '../made-diag.ts'
import { demand } from '../sampler/awks.ts'
import { end, group, hold, madeNode, place } from './held-walk.ts'
import { podOf } from './made-node.ts'

beforeAll(() => demand('perl'))

const from = [10, 0, 0, 1] as const
const made = (inode: number, more: Partial<MadeSocket> = {}): Buffer =>
  socketMessage({ from, to: [10, 0, 0, 2], ports: [40_000, 443], inode, ...more })

const information = (figures: Readonly<Record<number, number>>, size = 232): Buffer => {
  const info = Buffer.alloc(232)
  for (const [at, value] of Object.entries(figures)) info.writeUInt32LE(value, Number(at))
  return attribute(2, info.subarray(0, size))
}

const figures = { 68: 1500, 100: 3, 120: 900, 128: 20, 148: 40, 200: 1000 }

describe('what the kernel answers', () => {
  test('is told with what tcp_info says, wherever that stands', async () => {
    const shut = attribute(8, Buffer.from([0]))
    const answer = [
      made(1, { attributes: [shut, information(figures)] }),
      made(2, { attributes: [information(figures)] }),
      made(3, { attributes: [shut, attribute(15, Buffer.alloc(4)), information(figures, 136)] }),
      made(4, { state: 6 }),
    ]
    const { walked, footing } = await hold(madeNode(), [Buffer.concat([...answer, end])]).look()
    expect(footing).toMatchObject({ pid: 77, way: 'its cgroup', right: 'root', namespace: 2, isHost: false })
    const told = { rtt: 1.5, retransmits: 3, bytesReceived: 20 }
    expect(walked?.told.map(({ socket, inode }) => ({ inode, ...socket }))).toMatchObject([
      { inode: 1, ...told, leastRtt: 0.04, bytesSent: 1000 },
      { inode: 2, ...told, leastRtt: 0.04, bytesSent: 1000 },
      { inode: 3, ...told, bytesSent: 900 },
      { inode: 4, state: 'TIME-WAIT' },
    ])
    expect([walked?.all, walked?.isWhole]).toEqual([4, true])
  })

  test('tells of one that listens whether it takes both families', async () => {
    const any = Array.from({ length: 16 }, () => 0)
    const listens = (inode: number, only: number): Buffer =>
      made(inode, {
        state: 10,
        from: any,
        to: any,
        attributes: [attribute(8, Buffer.from([0])), attribute(11, Buffer.from([only]))],
      })
    const { walked } = await hold(madeNode(), [Buffer.concat([listens(1, 0), listens(2, 1)]), end]).look()
    expect(walked?.told.map(({ socket }) => socket.localAddress)).toEqual(['*', '::'])
  })

  test.each([
    ['an error', [status(error, -2)]],
    ['an end that is an error', [made(1), status(done, -12)]],
    ['nothing', []],
    ['a message longer than what came', [made(1).subarray(0, 80)]],
  ])('is a refusal, and never no socket, where it is %s: the question is left to another way', async (_, answers) => {
    const held = hold(madeNode(), answers)
    await held.look()
    expect(await held.exit).toBe(4)
  })

  test('is a refusal before any question where a trial fails', async () => {
    expect(await hold(madeNode(), [], { trial: [status(error, -2)] }).exit).toBe(3)
  })

  test('is not what another process sends: whoever may administer a namespace may send there', async () => {
    const forged = [Buffer.concat([made(7), end]), status(error, -2), Buffer.alloc(0)]
    const answers = [made(1), ...forged.map((answer) => ({ from: 4711, answer })), made(2), end]
    const { walked } = await hold(madeNode(), answers).look()
    expect(walked?.told.map(({ inode }) => inode)).toEqual([1, 2])
  })

  test('is left to another way where perl dies over it', async () => {
    const held = hold(madeNode(), [end], { last: 'die' })
    await held.look()
    expect(await held.exit).toBe(4)
  })

  test('is heard no further once it has cost too much', async () => {
    const { walked } = await hold(madeNode(), [made(1), made(2), end], { spent: 5 }).look()
    expect([walked?.told.length, walked?.isWhole]).toEqual([1, false])
  })
})

describe('the process that stands for a pod', () => {
  const answers = Array.from({ length: 4 }, () => end)

  test('is found once, as long as it lives, and another one once it is gone', async () => {
    const here = madeNode()
    const held = hold(here, answers)
    expect((await held.look()).footing).toMatchObject({ pid: 77 })
    here.put('finder', '88\npod\nits cgroup\n')
    here.process(88)
    expect((await held.look()).footing).toMatchObject({ pid: 77 })
    here.remove('proc/77')
    expect((await held.look()).footing).toMatchObject({ pid: 88 })
  })

  test.each([
    ['its number went to another process of the pod', { start: 10 }],
    ['its number went to another pod', { line: '/kubepods/pod11111111-2222-3333-4444-555566667777/c' }],
    ['it is a monitor of its container', { line: `/kubepods/crio-conmon-${place.containers[0]}` }],
  ])('is found anew where %s', async (_, more) => {
    const here = madeNode()
    const held = hold(here, answers)
    expect((await held.look()).footing).toMatchObject({ pid: 77 })
    here.process(77, more)
    here.process(88)
    here.put('finder', '88\npod\nits cgroup\n')
    expect((await held.look()).footing).toMatchObject({ pid: 88 })
  })

  test('is not one of another pod, whatever was found, nor of one that calls a group of its own after the pod', async () => {
    const here = madeNode()
    here.process(77, { line: `/kubepods/pod11111111-2222-3333-4444-555566667777/c/pod${place.uid}` })
    expect(await hold(here, answers).look()).toMatchObject({
      code: 9,
      footing: { cause: expect.stringContaining('ended') },
    })
  })

  const slice = place.uid.replaceAll('-', '_')
  const id = place.containers[0] ?? ''

  test.each([
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${slice}.slice/cri-containerd-${id}.scope`,
    `/kubepods.slice/kubepods-pod${slice}.slice/crio-${id}.scope/container`,
    `/kubelet/kubepods/besteffort/pod${place.uid}/${id}`,
    `/kubepods/burstable/podfedc0123/${id}`,
    `/system.slice/docker-${id}.scope`,
  ])('may be in a group as a kubelet makes it: %s', async (line) => {
    const here = madeNode()
    here.process(77, { line })
    expect((await hold(here, answers).look()).footing).toMatchObject({ pid: 77 })
  })

  test('may be none', async () => {
    const here = madeNode()
    here.put('finder', '')
    expect((await hold(here, answers).look()).footing).toEqual({
      cause: expect.stringContaining('no process of this pod'),
    })
  })

  test.each([
    ['went to another namespace', 'unlink "ROOT/proc/77/ns/net"; symlink "net:[1]", "ROOT/proc/77/ns/net"'],
    ['ended', 'unlink "ROOT/proc/77/stat"'],
    ['ended, its number another one has,', 'rename "ROOT/proc/88/stat", "ROOT/proc/77/stat"'],
  ])('that %s while it was looked at is no footing', async (_, change) => {
    const here = madeNode()
    here.process(88, { start: 12 })
    const held = hold(here, [end], { last: change.replaceAll('ROOT', here.root) })
    expect(await held.look()).toMatchObject({ code: 9, footing: { cause: expect.stringContaining('ended') } })
  })
})

describe('who holds a socket', () => {
  test('is told of the processes of the pod, of sockets that were told', async () => {
    const here = madeNode()
    const socket = (inode: number): string => `socket:[${inode}]`
    here.process(77, { name: 'x) R 1\n2', held: [socket(1), socket(9), '/dev/null', '/tmp/socket:[2]'] })
    here.process(78, { name: 'worker', held: [socket(1), socket(2)] })
    here.process(79, { name: 'many', files: mostFiles + 1, held: [socket(3)] })
    here.put(`sys/fs/cgroup${group}/cgroup.procs`, '77\n78\n')
    here.put(`sys/fs/cgroup/kubepods/pod${place.uid}/other/cgroup.procs`, '79\n80\n')
    const { sections } = await hold(here, [Buffer.concat([made(1), made(2), made(3), end])]).look()
    expect(sections.get('held')).toEqual(['77 1', '78 2'])
    expect(sections.get('names')).toEqual(['77 x) R 1', '78 worker'])
    expect(sections.get('passed')).toEqual([' 79'])
  })

  test('is asked of no more files than that, though a process opens them meanwhile', async () => {
    const here = madeNode()
    const sockets = Array.from({ length: mostFiles + 200 }, (_, index) => index + 1)
    here.process(77, { files: 64, held: sockets.map((inode) => `socket:[${inode}]`) })
    const { sections } = await hold(here, [
      Buffer.concat([...sockets.slice(0, 3900).map((inode) => made(inode)), end]),
    ]).look()
    expect(sections.get('passed')).toEqual([' 77'])
  })

  test('is asked no further once the look has cost too much, which is said', async () => {
    const here = madeNode()
    here.process(78, { held: ['socket:[1]'] })
    here.put(`sys/fs/cgroup${group}/cgroup.procs`, '77\n78\n')
    // Asked for at the trial, at the beginning and twice for what the kernel answers.
    for (const [spent, names] of [
      [6, undefined],
      [8, ['77 app']],
    ] as const) {
      const { sections } = await hold(here, [made(1), end], { spent }).look()
      expect(sections.get('names')).toEqual(names ?? [])
      expect(sections.get('passed')).toEqual([names === undefined ? ' 77' : ' 78'])
    }
  })

  test('is asked of no more processes than that', async () => {
    const here = madeNode()
    const pids = Array.from({ length: 90 }, (_, index) => 100 + index)
    for (const pid of pids) here.process(pid, { name: `p${pid}` })
    here.put(`sys/fs/cgroup${group}/cgroup.procs`, `${pids.join('\n')}\n`)
    const { sections } = await hold(here, [end]).look()
    expect(sections.get('names')).toHaveLength(mostProcesses)
    expect(sections.get('names')?.[0]).toBe('77 app')
  })
})

describe('thousands of sockets', () => {
  test('are counted; those that listen, that wait and some of the others are told, without what is dear', async () => {
    const here = madeNode()
    here.put('proc/self/net/sockstat', 'TCP: inuse 3000 orphan 0 tw 400 alloc 9 mem 1\n')
    const some = (count: number, more: Partial<MadeSocket>): readonly Buffer[] =>
      Array.from({ length: count }, (_, index) => made(index + 1, { ...more, attributes: [information(figures)] }))
    const answer = [
      ...some(500, {}),
      ...some(400, { state: 6 }),
      ...some(310, { state: 10 }),
      ...some(5, { queues: [7, 0] }),
    ]
    const { sections } = await hold(here, [Buffer.concat(answer), end]).look()
    const walked = toldByWalk(sections.get('most') ?? [])
    const states = (walked?.told ?? []).map(({ socket }) => (socket.receiveQueue > 0 ? 'queued' : socket.state))
    const count = (state: string): number => states.filter((each) => each === state).length
    expect([walked?.all, ...['ESTAB', 'TIME-WAIT', 'LISTEN', 'queued'].map(count)]).toEqual([1215, 300, 50, 300, 5])
    expect(walked?.told.some(({ socket }) => socket.rtt !== undefined)).toBe(false)
    expect(sections.has('names')).toBe(false)
  })
})

describe('UDP where the kernel has nothing loaded that tells it', () => {
  test('is read in its tables, and nobody is asked', async () => {
    const here = madeNode()
    here.put('proc/modules', 'tcp_diag 16384 0 - Live 0x0\n')
    for (const name of ['tcp_diag', 'inet_diag']) here.put(`sys/module/${name}/refcnt`, '0\n')
    here.put('proc/self/net/sockstat', 'TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\nUDP: inuse 1 mem 0\n')
    const row =
      '  53: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0'
    here.put('proc/self/net/udp', `  sl  local_address\n${row}\n`)
    here.process(77, { held: ['socket:[4711]'] })
    const { sections, walked } = await hold(here).look()
    expect(sections.get('udp')).toEqual(['  sl  local_address', row])
    expect(sections.get('order')).toEqual(['614e'])
    expect(sections.get('held')).toEqual(['77 4711'])
    expect(walked).toEqual({ told: [], all: 0, isWhole: true })
  })

  test('perl is unfit where TCP cannot be asked either', async () => {
    const here = madeNode()
    here.put('proc/modules', 'other 16384 0 - Live 0x0\n')
    expect(await hold(here).exit).toBe(3)
  })
})

describe('what is held', () => {
  test('ends with what asks it', async () => {
    const held = hold(madeNode(), [end])
    await held.look()
    held.end()
    expect(await held.exit).toBe(0)
    expect(held.complaint()).toBe('')
  })

  test.each([
    ['', { limit: '-t 1' }],
    [', also where its shell knows no limit', { limit: '', lease: 1 }],
  ])('ends by itself where nobody speaks to it any more%s', async (_, more) => {
    expect(await hold(madeNode(), [end], more).exit).toBe(0)
  })

  test('ends by itself where nobody takes what it says', async () => {
    const long = Array.from({ length: 16 }, (_, index) => index)
    const many = Array.from({ length: 3900 }, (_, index) => made(index + 1, { from: long, to: long }))
    const held = hold(madeNode(), [Buffer.concat([...many, end])], { limit: '-t 1', isDeaf: true })
    held.ask()
    expect(await held.exit).toBe('SIGALRM')
  })

  const matches = matcherOf(programsIn(socketRuns))

  test.each([
    ['a pod', place],
    ['a pod on the network of its node', { ...place, hostNetwork: true }],
    ['a pod without containers', podOf({ containers: [] })],
    ['the node itself', { kind: 'host' }],
  ] as const)('is listed, letter by letter, for %s', (_, where) => {
    const { script } = lookScript(socketsLook, where)
    const finder = lookScript({ script: '', held: (text) => text }, where).script.held ?? ''
    const [frame, args] = ['0123456789abcdef01234567', [...script.args]]
    for (const limit of ['-t 60', ''])
      expect(matches(['perl', '-e', socketWalk, frame, limit, finder, ...args])).toBe(true)
    expect(matches(['sh', '-c', finder, 'sh', ...args])).toBe(true)
    expect(matches(['perl', '-e', `${socketWalk} `, frame, '', finder, ...args])).toBe(false)
    expect(matches(['sh', '-c', `${finder} `, 'sh', ...args])).toBe(false)
    expect(matches(['perl', '-e', socketWalk, frame, '', finder, ...args, '/etc/shadow'])).toBe(false)
  })
})
