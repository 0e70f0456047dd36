import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { hasModule, moduleCommand, moduleInPerl } from '../../source/nodes/kernel-module.ts'
import { matcherOf, programsIn } from '../../source/nodes/programs/programs.ts'
import { madeKernel, release, under } from './made-kernel.ts'
import { shells } from './namespaces/made-node.ts'
import { demand } from './sampler/awks.ts'

beforeAll(() => demand('dash', 'bash', 'busybox', 'perl'))

const loaded = 'nf_tables 376832 2 - Live 0x0\n'
const builtin = `lib/modules/${release}/modules.builtin`

const ask = (root: string, [command = '', ...words]: readonly string[]): boolean => {
  const option = command === 'perl' ? '-e' : '-c'
  const text =
    command === 'perl'
      ? `${moduleInPerl} print module("tcp_diag") ? "yes" : "no"`
      : `${hasModule('tcp_diag')} && echo yes || echo no`
  const { stdout, stderr } = spawnSync(command, [...words, option, under(root, text)], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.trim()).toMatch(/^(yes|no)$/)
  return stdout.trim() === 'yes'
}

describe.each([...shells, ['perl', ['perl']] as const])('a module, asked for by %s', (_, command) => {
  test.each([
    ['is there where it is loaded', { 'sys/module/tcp_diag/': '', 'proc/modules': loaded }, true],
    [
      'is there where it is built in',
      { 'proc/modules': loaded, [builtin]: 'kernel/net/ipv4/inet_diag.ko\nkernel/net/ipv4/tcp_diag.ko\n' },
      true,
    ],
    [
      'is not there where others are',
      { 'sys/module/nf_tables/': '', 'proc/modules': loaded, [builtin]: 'kernel/net/mptcp/mptcp_diag.ko\n' },
      false,
    ],
    [
      'could be loaded where none is yet, and there are such',
      { 'proc/modules': '', [builtin]: 'kernel/a.ko\n' },
      false,
    ],
    ['could be loaded from where it is not seen, where others are', { 'proc/modules': loaded }, false],
    ['is no module of a kernel that has none', {}, true],
    ['cannot be loaded where none is, and there are none', { 'proc/modules': '' }, true],
  ])('%s', (_, files: Readonly<Record<string, string>>, isThere) => {
    expect(ask(madeKernel(files), command)).toBe(isThere)
  })
})

test('the one program that is started for it is listed', () => {
  const isListed = matcherOf(programsIn([{ command: moduleCommand('tcp_diag') }]))
  expect(isListed(['grep', '-qs', String.raw`/tcp_diag\.ko`, `/${builtin}`])).toBe(true)
  expect(hasModule('tcp_diag')).toContain(String.raw`grep -qs '/tcp_diag\.ko'`)
})
