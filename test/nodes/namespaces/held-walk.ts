import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { commandLease } from '../../../source/nodes/command-runner.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { socketWalk } from '../../../source/nodes/namespaces/socket-walk.ts'
import { toldByWalk } from '../../../source/nodes/namespaces/socket-walked.ts'
import { socketsLook } from '../../../source/nodes/namespaces/sockets.ts'
import { done, status } from '../made-diag.ts'
import { madeKernel, under } from '../made-kernel.ts'
import { podOf } from './made-node.ts'

export const place = podOf()
/** The group of its container. */
export const group = `/kubepods/pod${place.uid}/${place.containers[0]}`
/** The end of an answer. */
export const end = status(done, 0)

const swap = (text: string, from: string, to: string): string => {
  expect(text).toContain(from)
  return text.replace(from, to)
}

/**
 * Has perl receive these answers in place of the kernel's, do something with the last, and have spent a second from the n-th time
 * on that it is asked.
 */
const faked = `BEGIN {
  my @answers = map { [split / /] } split(/\\n/, do { open(my $h, "<", $ENV{ANSWERS}); local $/; <$h> }); my $asked = 0;
  *CORE::GLOBAL::recv = sub (*\\$$$) {
    my ($answer, $from) = @{shift @answers || return undef};
    \${$_[1]} = pack("H*", $answer); eval $ENV{LAST} unless @answers; die "at last" if $@;
    return defined $from ? pack("SSLL", 16, 0, $from, 0) : "";
  };
  *CORE::GLOBAL::times = sub { ++$asked >= $ENV{SPENT} ? (0.6, 0.4, 0, 0) : (0, 0, 0, 0) };
}`

/** A node out of folders on which one process stands for a pod. */
export const madeNode = () => {
  const root = madeKernel({ 'sys/fs/': '' })
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const link = (path: string, to: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    rmSync(join(root, path), { force: true })
    symlinkSync(to, join(root, path))
  }
  const namespace = (process: number | string, inode: number): void => {
    put(`proc/${process}/ns/net:[${inode}]`, '')
    link(`proc/${process}/ns/net`, `net:[${inode}]`)
  }
  namespace('self', 1)
  namespace(1, 1)
  link('proc/self/exe', '/usr/bin/perl')
  put('proc/self/net/sockstat', 'sockets: used 9\nTCP: inuse 3 orphan 0 tw 1 alloc 9 mem 1\nUDP: inuse 0 mem 0\n')
  const process = (
    pid: number,
    more: { start?: number; line?: string; name?: string; files?: number; held?: readonly string[] } = {},
  ): void => {
    const { start = 9, line = group, name = 'app', files = 64, held = [] } = more
    put(`proc/${pid}/stat`, `${pid} (x) R 1\n2) S ${Array.from({ length: 18 }, () => 0).join(' ')} ${start} 0 0\n`)
    put(`proc/${pid}/cgroup`, `0::${line}\n`)
    put(`proc/${pid}/comm`, `${name}\n`)
    put(`proc/${pid}/status`, `Name:\tx\nFDSize:\t${files}\n`)
    mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true })
    held.forEach((to, index) => link(`proc/${pid}/fd/${index}`, to))
    namespace(pid, 2)
  }
  process(77)
  put('finder', '77\npod\nits cgroup\n')
  return { root, put, process, namespace, remove: (path: string) => rmSync(join(root, path), { recursive: true }) }
}

type MadeNode = ReturnType<typeof madeNode>

/** What the program receives, and from which process; by itself from the kernel. */
type Answer = Buffer | { readonly from: number; readonly answer: Buffer }

interface Held {
  readonly trial?: readonly Buffer[]
  readonly spent?: number
  readonly last?: string
  readonly limit?: string
  /** Seconds without a word after which it ends where it is not told. */
  readonly lease?: number
  /** Nobody reads what it says. */
  readonly isDeaf?: boolean
}

/** The program held on a node, where the kernel answers this after it was tried. */
export const hold = (
  { root }: MadeNode,
  answers: readonly Answer[] = [],
  { trial = [end], spent = 1000, last = '1', limit = '-t 60', lease = commandLease, isDeaf = false }: Held = {},
) => {
  const entering = 'syscall($setns, fileno($_[0]), 0x40000000) == 0 && (readlink("/proc/self/ns/net") || "") eq $_[1]'
  const program = swap(swap(socketWalk, entering, '1'), `: ${commandLease}, `, `: ${lease}, `)
  const text = under(root, program).replaceAll('"/sys/fs/', `"${root}/sys/fs/`)
  const line = (one: Answer): string =>
    'answer' in one ? `${one.answer.toString('hex')} ${one.from}` : one.toString('hex')
  writeFileSync(join(root, 'answers'), [...trial, ...answers].map(line).join('\n'))
  const { script, marker } = lookScript(socketsLook, place)
  const child = spawn('perl', ['-e', faked + text, 'frame', limit, `cat '${root}/finder'`, ...script.args], {
    env: {
      PATH: process.env['PATH'],
      ANSWERS: join(root, 'answers'),
      SPENT: String(spent),
      LAST: last,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [said, complaint] = ['', '']
  if (!isDeaf) child.stdout.on('data', (data: Buffer) => (said += data.toString('latin1')))
  child.stderr.on('data', (data: Buffer) => (complaint += data.toString('latin1')))
  child.stdin.on('error', () => undefined)
  let isGone = false
  const exit = once(child, isDeaf ? 'exit' : 'close').then(([code, signal]) => {
    isGone = true
    return (code ?? signal) as number | string
  })
  return {
    exit,
    complaint: () => complaint,
    end: () => child.stdin.end(),
    ask: () => child.stdin.write('k\n'),
    /** One answer; NaN for the status where it has ended. */
    look: async () => {
      said = ''
      child.stdin.write('-\nk\n')
      await expect.poll(() => isGone || said.endsWith('frame done\n')).toBe(true)
      expect(complaint).toBe('')
      const [, body = '', ended] =
        /^frame begin\n([^]*)\nframe end (\d+)\n0m0s 0m0s\n0m[\d.]+s 0m[\d.]+s\nframe done\n$/.exec(said) ?? []
      const sections = sectionsOf(body, marker)
      const code = Number(ended)
      return {
        sections,
        code,
        footing: footingOf(sections, place, code),
        walked: toldByWalk(sections.get('few') ?? []),
      }
    },
  }
}
