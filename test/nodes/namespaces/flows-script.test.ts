import { describe, expect, test } from 'vitest'
import { flowsRuns, flowsScript } from '../../../source/nodes/namespaces/flows-script.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { matcherOf, programsIn } from '../../../source/nodes/programs/programs.ts'
import { logged, madeKernel, runUnder } from '../made-kernel.ts'

interface Made {
  readonly pid: number
  readonly cgroup?: string
  readonly spaces?: string
  readonly words?: readonly string[]
}

const listing = ['conntrack', '-L', '-f', 'ipv4']

/** A process that is called as the tool is. */
const lister = ({ pid, cgroup = '/user.slice', spaces = `${pid}`, words = listing }: Made) => ({
  [`proc/${pid}/comm`]: 'conntrack\n',
  [`proc/${pid}/cgroup`]: `0::${cgroup}\n`,
  [`proc/${pid}/status`]: `Name:\tconntrack\nNSpid:\t${spaces}\n`,
  [`proc/${pid}/cmdline`]: words.map((word) => `${word}\0`).join(''),
})

const programs = logged('grep', 'sed', 'head', 'tr')

/** Whether it sees one of these list, and the programs that it takes for that. */
const others = (made: readonly Made[]) => {
  const from = flowsScript.indexOf('\nlists() {')
  const text = flowsScript.slice(from, flowsScript.indexOf('\nfill() {'))
  expect(text).toContain('others() {')
  const root = madeKernel({ ...programs, 'proc/1/comm': 'init\n', ...Object.assign({}, ...made.map(lister)) })
  const { told, started } = runUnder(root, `right=user\n${text}\nothers && echo one || echo none`)
  return { found: told.trim(), started: started.map((line) => line.replaceAll(root, '')) }
}

const many = (count: number, more: Partial<Made> = {}): readonly Made[] =>
  Array.from({ length: count }, (_, index) => ({ pid: 1000 + index, ...more }))

describe('somebody else who lists the table', () => {
  test('is seen by the name and the words of a process of the node', () => {
    expect(others([{ pid: 7 }]).found).toBe('one')
    expect(others([{ pid: 7, words: ['conntrack', '-E'] }]).found).toBe('none')
    expect(others([]).found).toBe('none')
  })

  test('is no container, however many of its processes are called so, which costs as few programs', () => {
    const pods = many(300, { cgroup: '/kubepods.slice/pod1' })
    const nested = many(300, { spaces: '1000\t7' })
    for (const [made, started] of [
      [pods, 4],
      [nested, 6],
    ] as const) {
      const seen = others(made)
      expect([seen.found, seen.started.length]).toEqual(['none', started])
    }
    expect(others([...pods, { pid: 7 }]).found).toBe('one')
  })

  test('is looked for among 16 at most', () => {
    const idle = many(300, { words: ['conntrack', '-E'] })
    expect(others(idle).started.filter((line) => line.startsWith('tr '))).toHaveLength(16)
  })

  test('is looked for by listed programs only', () => {
    const isListed = matcherOf(programsIn(flowsRuns))
    const { started } = others(many(3))
    expect(started.length).toBeGreaterThan(5)
    expect(started.filter((line) => !isListed(wordsOf(line)))).toEqual([])
  })
})

test('where the kernel would load a module for it the tool is not run, which is said', () => {
  const files = {
    ...logged('grep', 'sed', 'head', 'tr'),
    'bin/conntrack': '#!/bin/sh\necho conntrack >>"${0%/bin/*}/started"\n',
    'proc/modules': 'nf_conntrack 376832 2 - Live 0x0\n',
    'proc/sys/net/netfilter/nf_conntrack_count': '1\n',
    'proc/sys/net/netfilter/nf_conntrack_max': '9\n',
  }
  const hands = 'section() { echo "@@ $1"; }\ninside() { "$@"; }\nright=root net=/nowhere consent= sudo='
  const { told, started } = runUnder(madeKernel(files), `${hands}\n${flowsScript}`)
  expect(sectionsOf(told, '@@').get('way')).toEqual(['module'])
  expect(started.filter((line) => line.startsWith('conntrack'))).toEqual([])
})

/** The words of a line, of which those that hold a blank are the last. */
const wordsOf = (line: string): readonly string[] => {
  const [, name = '', rest = ''] = /^(tr|grep -qE) (.*)$/s.exec(line) ?? []
  if (name === 'tr') return ['tr', '\\0', ' ']
  return name === '' ? line.split(' ') : [...name.split(' '), rest]
}
