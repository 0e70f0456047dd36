import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { Inquiries } from '../../source/nodes/inquiries.ts'
import { type FakeChannel, fakeConnection } from './fake-connection.ts'

type Fake = ReturnType<typeof fakeConnection>

/** For each test of a `describe` a clock that stands still, and a node that answers what it is told to. */
export const onFake = () => {
  let fake: Fake | undefined
  let asked: Inquiries[] = []
  const now = (): Fake => fake ?? expect.fail('there is a node within a test only')
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    fake = fakeConnection()
    asked = []
  })
  afterEach(() => {
    for (const inquiries of asked) inquiries.ask([])
    now().connection.close()
    vi.useRealTimers()
  })
  return {
    get connection() {
      return now().connection
    },
    get channels() {
      return now().channels
    },
    channel: (at = 0): FakeChannel => now().channels[at] ?? expect.fail(`no channel ${at}`),
    /** Waits for what comes by itself, without a timer. */
    settled: async (): Promise<void> => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    },
    /** Asks no more when the test is over. */
    ending: <Kind extends Inquiries>(inquiries: Kind): Kind => {
      asked.push(inquiries)
      return inquiries
    },
  }
}
