import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awkProgram, type NumberedTake } from '../../../source/nodes/sampler/awk.ts'
import type { Take } from '../../../source/nodes/sampler/take.ts'
import { readTake, twinMemory } from '../../../source/nodes/sampler/twin.ts'
import { type AwkName, awkNames, type BareAwk, demand, startAwk } from './awks.ts'
import { ended, textsOf } from './texts.ts'

let folder = ''
beforeAll(() => {
  demand('gawk', 'mawk', 'busybox', 'original-awk')
})

const machine = {
  interfaces: [...readdirSync('/sys/class/net'), 'veth0'],
  blocks: [...readdirSync('/sys/block'), 'vda1'],
}
const texts = textsOf(machine)
const names = Object.keys(texts) as readonly (keyof typeof texts)[]
const fileOf = (name: keyof typeof texts): string => join(folder, name)

/** Takes of every kind, several of them on one file, over all three groups. */
const takesHere = (): readonly NumberedTake[] => {
  const takes: readonly Take[] = [
    { kind: 'whole', file: fileOf('any'), every: 1 },
    { kind: 'lines', file: fileOf('any'), every: 1 },
    { kind: 'lines', file: fileOf('any'), fields: [3, 1, 9], every: 1 },
    { kind: 'lines', file: fileOf('any'), first: ['10', 'cpu', 'a:'], every: 1 },
    { kind: 'lines', file: fileOf('any'), first: ['10', 'a', '1e1'], field: 2, fields: [2, 1], every: 5 },
    { kind: 'lines', file: fileOf('any'), without: ['1', 'cpu', '.'], field: 2, every: 5 },
    { kind: 'lines', file: fileOf('stat'), first: ['cpu'], fields: [2, 3, 4], every: 1 },
    { kind: 'rows', file: fileOf('stat'), begin: ['cpu1', 'cpu', 'softirq'], fields: [3, 1, 2], every: 1 },
    { kind: 'rows', file: fileOf('any'), begin: ['10', 'cpu', ' a:'], every: 5 },
    { kind: 'busiest', file: fileOf('stat'), fields: [2, 4], every: 1 },
    {
      kind: 'hex',
      file: fileOf('hex'),
      header: true,
      sum: ['drop', 'searched', 'nothing'],
      first: ['entries'],
      every: 1,
    },
    { kind: 'hex', file: fileOf('hex'), header: true, sum: [], first: ['found'], every: 60 },
    { kind: 'hex', file: fileOf('bareHex'), header: false, sum: ['2', '4', '9'], every: 1 },
    { kind: 'named', file: fileOf('paired'), names: ['Tcp:OutSegs', 'TcpExt:Retrans', 'Tcp:InSegs'], every: 1 },
    { kind: 'named', file: fileOf('paired'), names: ['Udp:OutSegs', 'Udp:Nothing'], every: 1 },
    { kind: 'interfaces', file: fileOf('interfaces'), every: 1 },
    { kind: 'blocks', file: fileOf('blocks'), every: 60 },
    { kind: 'addresses', file: fileOf('trie'), every: 60 },
    { kind: 'contains', file: fileOf('cpuinfo'), first: 'flags', word: 'hypervisor', every: 60 },
    { kind: 'whole', file: fileOf('cpuinfo'), every: 60 },
    // Of what is read every minute nothing is kept on the node: another way to the same lines.
    { kind: 'whole', file: fileOf('any'), every: 60 },
    { kind: 'lines', file: fileOf('any'), first: ['10', 'a', '1e1'], field: 2, fields: [2, 1], every: 60 },
    { kind: 'lines', file: fileOf('any'), without: ['1', 'cpu', '.'], field: 2, every: 60 },
    { kind: 'contains', file: fileOf('cpuinfo'), first: 'flags', word: 'hypervisor', every: 5 },
  ]
  return takes.map((take, index) => ({ number: index + 1, take }))
}

const readLatin1 = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** One state of the machine: the text of each file, or undefined where it is not there. */
const state = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.option(texts[name], { nil: undefined, freq: 12 })])) as Record<
    keyof typeof texts,
    fc.Arbitrary<string | undefined>
  >,
)

const write = (files: Partial<Record<keyof typeof texts, string | undefined>>, awk: AwkName): void => {
  for (const name of names) {
    const body = files[name]
    if (body === undefined) rmSync(fileOf(name), { force: true })
    else writeFileSync(fileOf(name), Buffer.from(awk === 'mawk' ? ended(body) : body, 'latin1'))
  }
}

const heldBy = (awk: BareAwk, every: readonly number[]): readonly unknown[] =>
  awk.held.flatMap((one, number) =>
    one !== undefined && every.includes(one.take.every)
      ? [{ number, lines: one.there === true ? one.lines : undefined }]
      : [],
  )

describe.each(awkNames)('the node-side program in %s', (name) => {
  let awk: BareAwk
  let takes: readonly NumberedTake[] = []

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kntop-awk-'))
    takes = takesHere()
    awk = startAwk(name, takes)
  })
  afterAll(async () => {
    await awk.end()
    rmSync(folder, { recursive: true, force: true })
  })

  test('makes of every file what its twin makes of it, whatever it held before', async () => {
    const memories = new Map(takes.map(({ number }) => [number, twinMemory()]))
    const groups = fc.constantFrom('1', '1 5', '1 60', '1 5 60', 'f 1 5 60')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(state, groups), { minLength: 1, maxLength: 4 }), async (history) => {
        for (const [files, tick] of history) {
          write(files, name)
          const every = tick.replace('f ', '').split(' ').map(Number)
          await awk.tick(tick)
          const expected = takes.flatMap(({ number, take }) =>
            every.includes(take.every)
              ? [{ number, lines: readTake(take, readLatin1, memories.get(number) ?? twinMemory()) }]
              : [],
          )
          expect(heldBy(awk, every)).toEqual(expected)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('sends what has changed and nothing else, and everything again when asked to', async () => {
    const body = 'one\ntwo\n1e1\n'
    write({ any: body }, name)
    await awk.tick('f 1')
    const again = await awk.tick('1')
    expect(again.bytes).toBe(`@${again.sequence} ${again.uptime.toFixed(2)} 1\n##\n`.length)
    write({ any: body.replace('1e1', '10') }, name)
    const changed = await awk.tick('1')
    expect(changed.bytes).toBe(again.bytes + '1:3 10\n2:3 10\n3:3 - 10 -\n4:1 10\n'.length)
    const whole = await awk.tick('f 1')
    expect(whole.bytes).toBeGreaterThan(again.bytes + 2 * body.length)
  })

  test('gets through files that hold any bytes, and reads text rightly after them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 9, maxLength: 9 }), async (bodies) => {
        names.forEach((file, index) => writeFileSync(fileOf(file), bodies[index] ?? ''))
        await awk.tick('1 5 60')
        write({ any: 'a b\n10\n', bareHex: '00000000 ffffffff 0 00000001\n0 00000001 0 1\n' }, name)
        await awk.tick('1 5 60')
        expect(awk.held[1]?.lines).toEqual(['a b', '10'])
        const bareHex = takes.find(({ take }) => take.kind === 'hex' && !take.header)?.number ?? 0
        expect(awk.held[bareHex]?.lines).toEqual(['4294967296 2 -'])
      }),
      { numRuns: 40 },
    )
  })

  test('reads a line of 60 KB', async () => {
    const long = 'x'.repeat(60_000)
    write({ any: `${long}\nend\n` }, name)
    await awk.tick('f 1')
    expect(awk.held[1]?.lines).toEqual([long, 'end'])
  })
})

test('the program passes through single quotes in any login shell', () => {
  expect(awkProgram(takesHere())).not.toMatch(/['\\]/)
})
