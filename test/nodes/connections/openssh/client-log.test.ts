import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ClientLog, readClientLog } from '../../../../source/nodes/connections/openssh/client-log.ts'

/** Reads a log that comes in pieces. */
const read = (pieces: readonly (string | Buffer)[]): ClientLog => {
  const stderr = new PassThrough()
  const log = readClientLog(stderr)
  for (const piece of pieces) stderr.write(piece)
  return log
}

const before = 'debug1: Reading configuration data /dev/null\r\ndebug2: fd 3 setting O_NONBLOCK\r\n'
const opened = 'debug1: mux_client_request_session: master session id: 2\r\n'
const status = 'debug2: Received exit status from master 255\r\n'

describe('the log of an ssh', () => {
  test.each([[[before, opened]], [Array.from(before + opened)]])('says when the channel is open', async (pieces) => {
    await read(pieces).opened
  })

  test('does not say so before', async () => {
    const log = read([before, 'master session id: 2\n', opened.slice(0, -1)])
    expect(await Promise.race([log.opened.then(() => 'opened'), Promise.resolve('waits')])).toBe('waits')
  })

  test('is apart from what the command says, also where that does not end its lines', () => {
    const log = read([before, opened, 'debug1: mine\n', 'half', status])
    expect(log.words()).toBe('debug1: mine\nhalf')
    expect(log.hasStatus()).toBe(true)
  })

  test('is looked for after the last return within a line only, however long what is before it', () => {
    const before = `${'debug1: '.repeat(4000)}\rx\r`
    const [stderr, searched] = [new PassThrough(), vi.spyOn(String.prototype, 'search')]
    onTestFinished(() => searched.mockRestore())
    const log = readClientLog(stderr)
    stderr.write(`${before}\n`)
    expect(searched.mock.contexts.map(String)).toEqual(['x\r'])
    expect(log.words().endsWith('debug1: \rx')).toBe(true)
  })

  test.each([
    [`half\r${opened}`, 'half'],
    [`half debug1: debug1: mine\r\n`, 'half'],
    ['debug1: a\rdebug1: b\r\n', 'debug1: a'],
    ['\r\n', ''],
    ['debug1\r: \r\n', 'debug1\r:'],
  ])('%j holds what the command said', (text, words) => {
    expect(read([text]).words()).toBe(words)
  })

  test('tells a status from none', () => {
    expect(read([before, opened, 'debug2: Control master terminated unexpectedly\r\n']).hasStatus()).toBe(false)
  })

  test('is bounded, and whole characters', () => {
    const log = read(['x'.repeat(1_000_000), '\n', Buffer.from([0xc3]), Buffer.from([0xa4]), ' end'])
    expect(log.words().length).toBeLessThanOrEqual(16 * 1024)
    expect(log.words()).toMatch(/ä end$/)
  })
})
