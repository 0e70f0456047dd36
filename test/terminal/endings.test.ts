import { afterEach, describe, expect, test } from 'vitest'
import { isGone, watchEndings } from '../../source/terminal/endings.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const setUp = () => {
  const seen: string[] = []
  const stop = watchEndings({
    onGone: (error) => seen.push(`gone: ${error.message}`),
    onSignal: (signal) => seen.push(signal),
    atExit: () => seen.push('exit'),
  })
  stops.push(stop)
  return { seen, stop }
}

describe('the ways in which a session ends', () => {
  test('a terminal that hung up or fails is gone, once', () => {
    const { seen } = setUp()
    process.emit('SIGHUP')
    process.stderr.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect(seen).toEqual(['gone: the terminal hung up'])
  })

  test('an error of another kind is not hidden', () => {
    const { seen } = setUp()
    expect(() => process.stderr.emit('error', new Error('unknown'))).toThrow('unknown')
    process.stderr.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }))
    expect(seen).toEqual(['gone: write EIO'])
  })

  test('signals ask, each time', () => {
    const { seen } = setUp()
    process.emit('SIGTERM')
    process.emit('SIGINT')
    process.emit('SIGINT')
    expect(seen).toEqual(['SIGTERM', 'SIGINT', 'SIGINT'])
  })

  test('the terminal is put back before an uncaught error is printed', () => {
    const { seen } = setUp()
    ;(process as NodeJS.EventEmitter).emit('uncaughtExceptionMonitor', new Error('crash'))
    expect(seen).toEqual(['exit'])
  })

  test('nothing is watched any more afterwards', () => {
    const events = ['SIGHUP', 'SIGINT', 'SIGTERM', 'exit', 'uncaughtExceptionMonitor']
    const before = events.map((event) => process.listenerCount(event))
    const { stop } = setUp()
    expect(events.map((event) => process.listenerCount(event))).toEqual(before.map((count) => count + 1))
    stop()
    expect(events.map((event) => process.listenerCount(event))).toEqual(before)
  })
})

test('errors that say that nobody is there', () => {
  const codes = ['EIO', 'EPIPE', 'EBADF', 'ENXIO', 'EAGAIN', 'ENOSPC']
  expect(codes.filter((code) => isGone(Object.assign(new Error(code), { code })))).toEqual([
    'EIO',
    'EPIPE',
    'EBADF',
    'ENXIO',
  ])
})
