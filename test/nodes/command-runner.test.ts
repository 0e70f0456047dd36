import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { AnswerReader, childSeconds, shellSeconds } from '../../source/nodes/command-answer.ts'
import { commandLease, openCommand } from '../../source/nodes/command-runner.ts'
import type { Connection } from '../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { type FakeChannel, fakeConnection, markerOf } from './fake-connection.ts'
import { type Marked, mark } from './processes.ts'
import { demand } from './sampler/awks.ts'

const signal = new AbortController().signal

describe('a command on this machine', () => {
  let marked: Marked
  let connection: Connection
  beforeEach(async () => {
    marked = mark()
    connection = await connectLocal()
  })
  afterEach(async () => {
    connection.close()
    await connection.closed
    marked.forget()
  })

  const open = (
    text: string,
    more: { args?: readonly string[]; held?: string; limit?: number; patience?: number } = {},
  ) =>
    openCommand({
      connection,
      script: { text, args: more.args ?? [], ...(more.held === undefined ? {} : { held: more.held }) },
      limit: more.limit ?? 10_000,
      signal,
      ...(more.patience === undefined ? {} : { patience: more.patience }),
    })

  test.each([
    ['lines', 'echo one; echo two', { text: 'one\ntwo\n', status: 0, cut: false }],
    ['a last line without an end', 'printf one', { text: 'one', status: 0, cut: false }],
    ['nothing', ':', { text: '', status: 0, cut: false }],
    ['its status', 'echo x; exit 3', { text: 'x\n', status: 3, cut: false }],
    ['its status from a program that replaces the shell', 'exec false', { text: '', status: 1, cut: false }],
    [
      'what resembles the end of an answer',
      'echo "begin"; echo; echo " end 0"',
      { text: 'begin\n\n end 0\n', status: 0, cut: false },
    ],
    ['nothing of what it writes to stderr', 'echo oops >&2', { text: '', status: 0, cut: false }],
    ['bytes as they are', String.raw`printf '\377\000\033'`, { text: '\u00ff\0\u001b', status: 0, cut: false }],
  ])('answers with %s', async (_, script, output) => {
    const runner = await open(script)
    expect((await runner.run()).output).toEqual(output)
  })

  test('runs again and again over one channel, and cannot swallow what asks it to', async () => {
    const runner = await open('cat; i=$((i + 1)); echo "$i"')
    for (let time = 0; time < 5; time += 1) expect((await runner.run()).output.text).toBe('1\n')
  })

  describe('that is held by something else', () => {
    /** Answers in place of the loop, each time with how often it was asked. */
    const holder = `i=0
      while read -r k; do i=$((i + 1)); printf '%s begin\\n%s %s\\n\\n%s end 5\\n0m0s 0m0s\\n0m1.5s 0m0.5s\\n%s done\\n' "$m" "$1" "$i" "$m" "$m"; done; exit`

    test('has its answers, and their cost, from that', async () => {
      const runner = await open('echo never', { args: ['a b'], held: holder })
      for (const time of [1, 2]) {
        const { output, cpu } = await runner.run()
        expect([output, cpu]).toEqual([{ text: `a b ${time}\n`, status: 5, cut: false }, 2])
      }
    })

    test('runs by itself where that goes on, also once without being asked for a question that was read', async () => {
      for (const held of ['false', 'read -r k; q=1']) {
        const runner = await open('echo own', { held })
        for (let time = 0; time < 2; time += 1) expect((await runner.run()).output.text).toBe('own\n')
      }
    })

    test('ends with that', async () => {
      const runner = await open('echo own', { held: 'read -r k; exit 7' })
      await expect(runner.run()).rejects.toThrow('ended with status 7')
      await marked.none()
    })
  })

  test('gets its arguments as they are', async () => {
    const runner = await open(`printf '<%s>' "$@"`, { args: ['a b', `'"$(id)`, '', '*'] })
    expect((await runner.run()).output.text).toBe(`<a b><'"$(id)><><*>`)
  })

  test('has its output cut at the limit, and says so', async () => {
    const runner = await open('yes | head -c 200000', { limit: 1000 })
    for (let time = 0; time < 3; time += 1)
      expect((await runner.run()).output).toEqual({ text: 'y\n'.repeat(500), status: 0, cut: true })
  })

  test('that never stops writing is ended for flooding', async () => {
    const runner = await open('yes', { limit: 1000 })
    await expect(runner.run()).rejects.toThrow('floods: more than 4 MB beyond its limit')
    await marked.none()
  })

  test('that hangs is ended, and leaves nothing behind', async () => {
    const runner = await open('sleep 1000', { patience: 100 })
    await expect(runner.run()).rejects.toThrow('did not answer within 0.1 s')
    await expect(runner.run()).rejects.toThrow('did not answer within 0.1 s')
    await marked.none()
  })

  test('whose shell is killed between two runs fails at once', async () => {
    const runner = await open('echo x')
    await runner.run()
    for (const pid of marked.now()) process.kill(pid, 'SIGKILL')
    await marked.none()
    await expect(runner.run()).rejects.toThrow('ended by SIGKILL')
  })

  test('tells what its children have cost so far, and nothing else', async () => {
    const burn = await open('i=0; while [ $i -lt 30000 ]; do i=$((i + 1)); done')
    const first = (await burn.run()).cpu
    const second = (await burn.run()).cpu
    expect(first).toBeGreaterThan(0)
    expect(second).toBeGreaterThan(first)
    const idle = await open(':')
    expect((await idle.run()).cpu).toBeLessThan(first)
  })

  test('is gone once it is closed', async () => {
    const runner = await open('echo x')
    await runner.run()
    runner.close()
    await marked.none()
  })
})

describe('the accounting of a shell', () => {
  test.each([
    ['dash', '0m0.00s 0m0.01s\n0m1.25s 0m0.50s\n', 1.75],
    ['bash', '\n0m0.002s 0m0.001s\n2m0.125s 0m0.250s\n', 120.375],
    ['busybox', '0m0.00s 0m0.00s\n0m0.03s 1m0.00s\n', 60.03],
    ['newer dash', '0m0.001000s 0m0.000000s\n0m0.012345s 0m0.000000s\n', 0.012345],
    ['nothing', '', 0],
    ['something else', 'user 1\nsys 2\n', 0],
  ])('is understood as %s writes it', (_, text, seconds) => {
    expect(childSeconds(text)).toBeCloseTo(seconds, 9)
  })

  test.each([
    ['dash', ['-c']],
    ['bash', ['-c']],
    ['busybox', ['sh', '-c']],
  ])('of %s here tells children and the shell itself apart', (shell, args) => {
    demand(shell)
    const burn = 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done'
    const times = (script: string): string => execFileSync(shell, [...args, script]).toString()
    const [below, own] = [times(`( ${burn} ); times`), times(`${burn}; times`)]
    expect([childSeconds(below), shellSeconds(own)].every((seconds) => seconds > 0)).toBe(true)
    expect(childSeconds(own)).toBe(0)
    expect(shellSeconds(below)).toBeLessThan(shellSeconds(own))
  })
})

describe('the lease of a loop on a node', () => {
  test('is renewed by what is run, and by a sign of life where nothing is', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const fake = fakeConnection()
    const runner = await openCommand({
      ...{ connection: fake.connection, script: { text: '', args: [] }, limit: 200, signal },
      patience: 10 * commandLease * 1000,
    })
    const channel = fake.channels[0] as FakeChannel
    const wroteWithin = (seconds: number): readonly string[] => {
      channel.written.length = 0
      vi.advanceTimersByTime(seconds * 1000)
      return channel.written
    }
    for (let run = 0; run < 4; run += 1) {
      const answer = runner.run()
      expect(wroteWithin(15)).toEqual([])
      channel.send(
        `${markerOf(channel.program)} begin\n\n${markerOf(channel.program)} end 0\n${markerOf(channel.program)} done\n`,
      )
      await answer
    }
    for (let time = 0; time < 4; time += 1) expect(wroteWithin(commandLease * 0.7)).toContain('-\n')
    runner.close()
  })
})

describe('an answer', () => {
  const output = fc.string({ unit: 'binary-ascii', maxLength: 300 })
  const answerOf = (marker: string, text: string, status = 0): string =>
    `${marker} begin\n${text}\n${marker} end ${status}\n0m0.01s 0m0.005s\n0m0.02s 0m0.01s\n${marker} done\n`

  test('is read whatever it holds and however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(output, fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 30 }),
        output,
        async (runs, cuts, noise) => {
          const fake = fakeConnection()
          const runner = await openCommand({
            connection: fake.connection,
            script: { text: '', args: [] },
            limit: 200,
            signal,
          })
          const [channel] = fake.channels
          const send = (text: string): void => {
            let from = 0
            for (const cut of [...cuts.toSorted((a, b) => a - b), text.length]) {
              if (cut > from) channel?.send(text.slice(from, cut))
              from = Math.max(from, cut)
            }
          }
          send(noise)
          for (const [text, status] of runs) {
            const answer = runner.run()
            send(answerOf(markerOf(channel?.program ?? { argv: [''] }), text, status))
            expect(await answer).toEqual({
              output: { text: text.slice(0, 200), status, cut: text.length > 200 },
              cpu: 0.03,
              shell: 0.015,
            })
          }
          runner.close()
        },
      ),
    )
  })

  test('ends where its last line does: what stands behind that answers no question that is asked later', async () => {
    const fake = fakeConnection()
    const options = { connection: fake.connection, script: { text: '', args: [] }, limit: 200, signal }
    const runner = await openCommand({ ...options, patience: 1000 })
    const channel = fake.channels[0] as FakeChannel
    const marker = markerOf(channel.program)
    const second = answerOf(marker, 'second')
    const first = runner.run()
    channel.send(`${answerOf(marker, 'first')}of nobody\n${answerOf(marker, 'of nobody')}${second.slice(0, 20)}`)
    expect((await first).output.text).toBe('first')
    const next = runner.run()
    channel.send(second)
    expect((await next).output.text).toBe('second')
    runner.close()
  })

  test('that does not come is given up as long after its question, also where nothing was asked for longer than that', async () => {
    const fake = fakeConnection()
    const options = { connection: fake.connection, script: { text: '', args: [] }, limit: 200, signal }
    const runner = await openCommand({ ...options, patience: 40 })
    const channel = fake.channels[0] as FakeChannel
    for (let time = 0; time < 2; time += 1) {
      const answer = runner.run()
      channel.send(answerOf(markerOf(channel.program), 'x'))
      await answer
      const answered = performance.now()
      await expect.poll(() => performance.now() - answered).toBeGreaterThan(100)
    }
    const asked = performance.now()
    await expect(runner.run()).rejects.toThrow('did not answer within 0.04 s')
    expect(performance.now() - asked).toBeGreaterThan(35)
  })

  test('of one channel is not mixed with those of others that come at the same time', async () => {
    const read = Array.from({ length: 40 }, (_, index) => ({
      reader: new AnswerReader(`m${index}.`, 1e6),
      text: `${index} `.repeat(20_000 + index),
    }))
    const pieces = read.map(({ text }, index) => answerOf(`m${index}.`, text).match(/[^]{1,7000}/g) ?? [])
    const answers: (string | undefined)[] = []
    for (let piece = 0; answers.length < read.length; piece += 1)
      read.forEach(({ reader }, index) => {
        const bytes = Buffer.from(pieces[index]?.[piece] ?? '', 'latin1')
        const answer = reader.add(bytes)
        if (answer !== undefined) answers.push(answer.output.text)
      })
    expect(new Set(answers)).toEqual(new Set(read.map(({ text }) => text)))
  })

  test('comes after any amount of noise from the login', async () => {
    const fake = fakeConnection()
    const runner = await openCommand({
      connection: fake.connection,
      script: { text: '', args: [] },
      limit: 200,
      signal,
    })
    const channel = fake.channels[0] as FakeChannel
    for (let piece = 0; piece < 100; piece += 1) channel.send('Welcome to this machine!\n'.repeat(100))
    const answer = runner.run()
    channel.send(answerOf(markerOf(channel.program), 'x'))
    expect((await answer).output.text).toBe('x')
    runner.close()
  })

  test('is none before its end is there', () => {
    const whole = answerOf('m', 'text')
    const read = (text: string) => new AnswerReader('m', 10).add(Buffer.from(text, 'latin1'))
    for (let length = 0; length < whole.length; length += 1) expect(read(whole.slice(0, length))).toBe(undefined)
    expect(read(whole)?.output.text).toBe('text')
  })
})
