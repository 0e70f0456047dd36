import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { planOf } from '../../../source/nodes/plan.ts'
import { probes } from '../../../source/nodes/probes.ts'
import { awkProgram, type NumberedTake } from '../../../source/nodes/sampler/awk.ts'
import { samplerProgram } from '../../../source/nodes/sampler/bootstrap.ts'
import { fallbackScript } from '../../../source/nodes/sampler/fallback.ts'
import { openSampler, type Sampler, type SamplerOptions } from '../../../source/nodes/sampler/session.ts'
import { shellProgram } from '../../../source/nodes/sampler/shell.ts'
import { type Marked, mark } from '../processes.ts'
import { demand } from './awks.ts'
import { shells } from './shells.ts'

const { takes } = planOf(probes)
const client = join(import.meta.dirname, 'client-program.ts')

let folder = ''
let marked: Marked
let connection: Connection
beforeAll(() => demand('gawk', 'busybox', 'bash', 'dash', 'mksh', 'ksh93', 'timeout'))
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-tools-'))
  marked = mark()
  connection = await connectLocal()
})
afterEach(async () => {
  connection.close()
  await connection.closed
  marked.forget()
  rmSync(folder, { recursive: true, force: true })
})

/** A dash that finds no other shell: the folder is empty. */
const loneDash = (): readonly [string, ...string[]] => ['/usr/bin/env', `PATH=${folder}`, '/bin/dash']

/** A sampler, and its frames one by one. */
const open = async (
  more: Partial<SamplerOptions> = {},
): Promise<Sampler & { readonly answer: (groups: readonly (1 | 5 | 60)[]) => Promise<void> }> => {
  let arrived: () => void = () => undefined
  const sampler = await openSampler({
    connection,
    takes,
    onFrame: () => arrived(),
    signal: new AbortController().signal,
    ...more,
  })
  return {
    ...sampler,
    answer: (groups) =>
      new Promise((resolve, reject) => {
        arrived = resolve
        void sampler.ended.then((why) => reject(new Error(why)))
        sampler.tick(groups)
      }),
  }
}

describe.each(Object.entries(shells))('started by %s, the sampler', (_, shell) => {
  test('greets, says where it runs, and answers ticks', async () => {
    const sampler = await open({ shell })
    expect(sampler.hello).toMatchObject({ uid: process.getuid?.(), engine: 'awk', relay: true, lease: 15 })
    expect(sampler.hello.pid).toBeGreaterThan(0)
    expect(sampler.hello.start).toBeGreaterThan(0)
    expect([...sampler.hello.tools]).toEqual(expect.arrayContaining(['timeout']))
    expect(sampler.hello.boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
    await sampler.answer([1, 5, 60])
    await sampler.answer([1])
    const stat = takes.find(({ take }) => take.kind === 'rows' && take.file === '/proc/stat')
    expect(sampler.held[stat?.number ?? 0]).toMatchObject({
      there: true,
      reads: { frame: 2 },
      lines: [expect.stringMatching(/^\d+ /)],
    })
  })

  test('ends by itself when nobody ticks for the length of its lease, and not while somebody does', async () => {
    const sampler = await open({ shell, leases: { relay: 3, timeout: 60 } })
    const begun = performance.now()
    while (performance.now() - begun < 3500) await sampler.answer([5])
    expect(await sampler.ended).toBe('the sampler ended by itself: no tick reached it in time')
    await marked.none()
  })

  test('ends when its stdin ends', async () => {
    const { argv, input } = samplerProgram({
      marker: ['abc', 'def'],
      awk: awkProgram(takes),
      fallback: fallbackScript(takes),
      shell,
    })
    const [command, ...args] = argv
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdin.write(input ?? '')
    await once(child.stdout, 'data')
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
    await marked.none()
  })

  test('leaves nothing behind when its client is killed', async () => {
    const killed = spawn(process.execPath, [client, ...shell], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    expect(marked.now().length).toBeGreaterThan(2)
    killed.kill('SIGKILL')
    await marked.none()
  })
})

describe('where there is nothing but dash, the sampler', () => {
  test('is limited by timeout', async () => {
    const sampler = await open({ shell: loneDash(), leases: { relay: 60, timeout: 3 } })
    expect(sampler.hello).toMatchObject({ engine: 'awk', relay: false, lease: 3 })
    await sampler.answer([1])
    expect(await sampler.ended).toBe('the sampler ended with status 124')
    await marked.none()
  })

  test('has no lease without awk, and ends with its stdin', async () => {
    const sampler = await open({ shell: loneDash(), engine: 'head' })
    expect(sampler.hello).toMatchObject({ engine: 'head', relay: false, lease: 0 })
    await sampler.answer([1])
    sampler.close()
    expect(await sampler.ended).toBe('closed')
    await marked.none()
  })
})

describe('a sampler that goes wrong', () => {
  test('is told from one that was closed', async () => {
    const sampler = await open()
    process.kill(sampler.hello.pid, 'SIGKILL')
    expect(await sampler.ended).toBe('the sampler ended by SIGKILL')
    await marked.none()
  })

  test('ends with its awk at the next tick', async () => {
    const sampler = await open()
    await sampler.answer([1])
    for (const pid of marked.named('getline')) process.kill(pid, 'SIGKILL')
    await expect.poll(() => marked.named('getline')).toEqual([])
    await expect(sampler.answer([1])).rejects.toThrow('the sampler ended with status 137')
    await marked.none()
  })

  test('cannot start where there is no such shell', async () => {
    await expect(open({ shell: ['/nowhere/sh'] })).rejects.toThrow('cannot start /nowhere/sh')
  })

  test('that only writes noise is given up, with everything it started', async () => {
    await expect(open({ shell: ['sh', '-c', 'while :; do echo login; done'] })).rejects.toThrow(
      'floods: more than 16 KB before the greeting',
    )
    await marked.none()
  })

  test('that is refused by its shell says what the shell said', async () => {
    await expect(open({ shell: ['sh', '-c', 'echo "account locked" >&2; exit 7'] })).rejects.toThrow(
      'the sampler ended with status 7: account locked',
    )
  })
})

describe('a script', () => {
  const runCut = async (length: number | undefined): Promise<string> => {
    const { argv, input = '' } = shellProgram('echo begun\necho done', [])
    const [command, ...args] = argv
    const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stdin?.end(input.slice(0, length))
    await once(child, 'close')
    return output
  }

  test('runs when all of it has arrived', async () => {
    expect(await runCut(undefined)).toBe('begun\ndone\n')
  })

  test.each([-2, -5, -12, -25])('is not run where its end is missing (%d)', async (length) => {
    expect(await runCut(length)).toBe('')
  })
})

const small: readonly NumberedTake[] = [{ number: 1, take: { kind: 'whole', file: '/proc/uptime', every: 1 } }]

test('no group at all is a frame like any other', async () => {
  for (const engine of [undefined, 'head'] as const) {
    const sampler = await open({ takes: small, ...(engine ? { engine } : {}) })
    await sampler.answer([])
    await sampler.answer([1])
    expect(sampler.held[1]).toMatchObject({ there: true, lines: [expect.stringMatching(/^\d+\.\d+ /)] })
  }
})
