import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
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

  it('rejects where it cannot be written for another reason', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const stream = new PassThrough({ transform: (_chunk, _encoding, done) => done(full) })
    await expect(print('text', stream)).rejects.toBe(full)
  })
})
