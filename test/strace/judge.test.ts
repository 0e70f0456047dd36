import { describe, expect, test } from 'vitest'
import { type Deed, deedsIn, offences } from './judge.ts'
import { callsIn } from './log.ts'

/** A login: sshd, its child, and the shell that it becomes. */
const login = `1 execve("/usr/sbin/sshd", ["/usr/sbin/sshd", "-D"], 0x1 /* 3 vars */) = 0
1 openat(AT_FDCWD, "/run/sshd.pid", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 4
1 clone(child_stack=NULL, flags=SIGCHLD) = 2
2 execve("/usr/sbin/sshd", ["/usr/sbin/sshd", "-D", "-R"], 0x1 /* 3 vars */) = 0
2 openat(AT_FDCWD, "/var/log/lastlog", O_RDWR|O_CREAT, 0644) = 4
2 clone(child_stack=NULL, flags=SIGCHLD) = 3
`
const shell = (pid: number, line: string): string =>
  `${pid} execve("/bin/bash", ["bash", "-c", "${line}"], 0x1 /* 3 vars */) = 0\n`

const deeds = (text: string): readonly Deed[] => deedsIn(callsIn(`${login}${text}`))
const isListed = ([name = '']: readonly string[]): boolean => ['bash', 'ip', 'perl'].includes(name)

const found = (text: string): readonly string[] =>
  offences(deeds(text), { isListed, usual: [], folders: ['/var/lib/probe'] }).map(({ kind, argv, call, paths }) =>
    `${kind} ${argv[0]} ${kind === 'runs' ? '' : `${call} ${paths.join(' ')}`}`.trim(),
  )

describe('what was done after a login', () => {
  test('begins with the login shell: what sshd does is sshd’s', () => {
    expect(deeds(shell(3, 'ip link')).map(({ line, argv }) => [line, argv])).toEqual([
      ['ip link', ['bash', '-c', 'ip link']],
    ])
  })

  test('is found however deep, and where the child’s lines stand before its birth', () => {
    const text = `${shell(3, 'x')}3 clone(child_stack=NULL <unfinished ...>
4 execve("/bin/rm", ["rm", "/tmp/x"], 0x1 /* 3 vars */) = 0
3 <... clone resumed>, flags=SIGCHLD) = 4
4 vfork() = 5
5 unlinkat(AT_FDCWD, "/tmp/x", 0) = 0
`
    expect(found(text)).toEqual(['runs rm', 'changes rm unlinkat /tmp/x'])
  })

  test.for([
    'openat(AT_FDCWD, "/tmp/x", O_WRONLY) = 3',
    'openat(AT_FDCWD, "/tmp/x", O_RDONLY|O_CREAT, 0600) = -1 EACCES (Permission denied)',
    'open("/tmp/x", O_RDWR) = 3',
    'mkdir("/tmp/x", 0700) = 0',
    'mknodat(AT_FDCWD, "/tmp/x", S_IFIFO|0600) = 0',
    'rename("/tmp/x", "/tmp/y") = 0',
    'linkat(AT_FDCWD, "/tmp/x", AT_FDCWD, "/tmp/y", 0) = 0',
    'fchmodat(AT_FDCWD, "/tmp/x", 0600) = 0',
    'rename("/var/lib/probe/x", "/tmp/x") = 0',
    'truncate("/tmp/x", 0) = 0',
    'utimensat(AT_FDCWD, "/tmp/x", NULL, 0) = ?',
    'mount("proc", "/tmp/x", "proc", 0, NULL) = 0',
    'finit_module(3, "/tmp/x", 0) = 0',
  ])('a change is found: %s', (call) => {
    expect(found(`${shell(3, 'x')}3 ${call}\n`)).toEqual([expect.stringMatching(/^changes bash \w+ .*\/tmp\/x/)])
  })

  test.for([
    'openat(AT_FDCWD, "/proc/stat", O_RDONLY|O_CLOEXEC) = 3',
    'openat(AT_FDCWD, "/dev/null", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3',
    'stat("/x", {st_mode=S_IFDIR|0755, ...}) = 0',
    'setns(3, CLONE_NEWNET) = 0',
    'execve("/sbin/mkfs", ["mkfs"], 0x1 /* 3 vars */) = -1 ENOENT (No such file or directory)',
    'mkdir("/var/lib/probe/kntop-disk-probe.7", 0700) = 0',
  ])('what changes nothing is none: %s', (call) => {
    expect(found(`${shell(3, 'x')}3 ${call}\n`)).toEqual([])
  })

  test('a folder in which something may be made has no way out of it', () => {
    expect(found(`${shell(3, 'x')}3 mkdir("/var/lib/probe/../x", 0700) = 0\n`)).toEqual([
      'changes bash mkdir /var/lib/probe/../x',
    ])
  })

  test('what a login does by itself is no offence, and by that alone', () => {
    const tty = (pid: number): string => `${pid} openat(AT_FDCWD, "/dev/tty", O_RDWR) = -1 ENXIO (No such device)\n`
    const all = deeds(
      `${shell(3, 'true')}${tty(3)}2 clone(child_stack=NULL, flags=SIGCHLD) = 9\n${shell(9, 'x')}${tty(9)}9 unlink("/dev/tty") = 0\n`,
    )
    const usual = all.filter(({ line }) => line === 'true')
    expect(offences(all, { isListed, usual, folders: [] })).toMatchObject([{ call: 'unlink' }])
  })

  test('a process number that was given twice is refused', () => {
    expect(() => deeds('2 clone(child_stack=NULL, flags=SIGCHLD) = 3\n')).toThrow('twice')
  })
})
