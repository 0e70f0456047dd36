import { closeSync, constants, openSync, readlinkSync } from 'node:fs'
import { PassThrough, Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLineSink, print } from '../../source/modes/output.ts'

/** A reader that takes a write when told to. */
const slowReader = () => {
  const taken: string[] = []
  let take: () => void = () => undefined
  let refuse: (error: Error) => void = () => undefined
  const write = (bytes: Uint8Array, done: (error: Error | null, written: number) => void): void => {
    const line = Buffer.from(bytes).toString()
    take = () => {
      taken.push(line)
      done(null, bytes.length)
    }
    refuse = (error) => done(error, 0)
  }
  return { write, taken, take: () => take(), refuse: (error: Error) => refuse(error) }
}

const brokenPipe = Object.assign(new Error('broken pipe'), { code: 'EPIPE' })

describe('lines for a reader', () => {
  it('are all written to one that keeps up', () => {
    const reader = slowReader()
    const sink = createLineSink(new PassThrough(), reader.write)
    for (const line of ['one', 'two']) {
      sink.offer(line)
      reader.take()
    }
    expect(reader.taken).toEqual(['one\n', 'two\n'])
  })

  it('are left out for one that does not, except the newest', () => {
    const reader = slowReader()
    const sink = createLineSink(new PassThrough(), reader.write)
    for (const line of ['one', 'two', 'three', 'four']) sink.offer(line)
    reader.take()
    reader.take()
    expect(reader.taken).toEqual(['one\n', 'four\n'])
  })

  it('are written to the last one before the end', async () => {
    const reader = slowReader()
    const sink = createLineSink(new PassThrough(), reader.write)
    sink.offer('one')
    sink.offer('two')
    const end = sink.end()
    reader.take()
    reader.take()
    await end
    expect(reader.taken).toEqual(['one\n', 'two\n'])
  })

  it('do not hold up the end for one that has stopped', async () => {
    const sink = createLineSink(new PassThrough(), slowReader().write)
    sink.offer('one')
    await sink.end()
  })

  it('tell when the reader has left, and then are nothing', async () => {
    const reader = slowReader()
    const sink = createLineSink(new PassThrough(), reader.write)
    sink.offer('one')
    reader.refuse(brokenPipe)
    expect(await sink.failed).toBe(brokenPipe)
    sink.offer('two')
    await sink.end()
    expect(reader.taken).toEqual([])
  })

  it('go to a stream as they are', () => {
    const stream = new PassThrough()
    createLineSink(stream).offer('{"a":1}')
    expect(String(stream.read())).toBe('{"a":1}\n')
  })
})

describe('a text', () => {
  it('is no error for a reader that has left', async () => {
    const stream = new PassThrough()
    stream.on('error', () => undefined)
    stream.destroy(brokenPipe)
    await print('text', stream)
  })

  it('that is empty is written at once', async () => {
    await print('', new PassThrough())
  })

  it('holds up nobody on a terminal that takes nothing, and is waited for until interrupted', async () => {
    const pty = spawn('sleep', ['1000'], { cols: 80, rows: 24 })
    onTestFinished(() => pty.kill('SIGKILL'))
    const itsOutput = (): string => readlinkSync(`/proc/${pty.pid}/fd/1`)
    // At first it still has what it was forked with.
    await expect.poll(itsOutput).toMatch(/^\/dev\/pts\//)
    const fd = openSync(itsOutput(), constants.O_WRONLY | constants.O_NOCTTY)
    onTestFinished(() => closeSync(fd))
    pty.pause()
    const blocking = vi.fn<() => void>()
    const stream = Object.assign(new Writable({ write: blocking }), { isTTY: true, fd })
    const interrupt = new AbortController()
    const printed = print('x'.repeat(1e6), stream, interrupt.signal)
    // Nothing of it goes the way that blocks, nor is it over before it was taken.
    await expect(Promise.race([printed, setImmediate('waits')])).resolves.toBe('waits')
    interrupt.abort()
    await printed
    expect(blocking).not.toHaveBeenCalled()
  })

  it('rejects where it cannot be written for another reason', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const stream = new PassThrough({ transform: (_chunk, _encoding, done) => done(full) })
    await expect(print('text', stream)).rejects.toBe(full)
  })
})
