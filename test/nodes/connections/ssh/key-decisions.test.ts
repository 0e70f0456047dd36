import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createKeyDecisions } from '../../../../source/nodes/connections/ssh/key-decisions.ts'
import type { PresentedKey } from '../../../../source/nodes/connections/ssh/presented-key.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const keyOf = (hostName: string, seed = hostName): PresentedKey => ({
  host: { hostName, port: 22 },
  type: 'ssh-ed25519',
  blob: Buffer.from(seed),
  fingerprint: `SHA256:${seed}`,
})

/** A person who answers when the test says so. */
const person = () => {
  const asked: { readonly keys: readonly string[]; readonly answer: (yes: boolean) => void }[] = []
  const accept = vi.fn<(keys: readonly PresentedKey[]) => Promise<void>>(() => Promise.resolve())
  const failed = vi.fn<(error: unknown) => void>()
  const decisions = createKeyDecisions({
    trusted: { accept },
    decide: (keys) =>
      new Promise((resolve) => asked.push({ keys: keys.map(({ host }) => host.hostName), answer: resolve })),
    failed,
  })
  const settled = vi.fn<(name: string) => void>()
  return {
    decisions,
    asked,
    accept,
    failed,
    settled,
    show: (key: PresentedKey) => {
      decisions.unknown(key)
      void decisions.accepted(key)?.then(() => settled(key.host.hostName))
    },
    answer: async (yes: boolean) => {
      asked.at(-1)?.answer(yes)
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

const quiet = 1500

describe('unknown keys', () => {
  test('of many hosts are one question, once no other has come for a while', async () => {
    const { asked, show } = person()
    for (let host = 0; host < 20; host += 1) {
      show(keyOf(`n${host}`))
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(asked).toEqual([])
    await vi.advanceTimersByTimeAsync(500)
    expect(asked.map(({ keys }) => keys.length)).toEqual([20])
  })

  test('that are accepted are kept together, and everybody who waits for one hears of it', async () => {
    const { show, answer, accept, settled } = person()
    show(keyOf('n1'))
    show(keyOf('n1'))
    show(keyOf('n2'))
    await vi.advanceTimersByTimeAsync(quiet)
    await answer(true)
    expect(accept.mock.calls.map(([keys]) => keys.map(({ host }) => host.hostName))).toEqual([['n1', 'n2']])
    expect(settled.mock.calls.map(([name]) => name).toSorted()).toEqual(['n1', 'n1', 'n2'])
  })

  test('that are refused are not kept, nobody hears, and they are not asked about again by themselves', async () => {
    const { show, answer, accept, settled, asked } = person()
    show(keyOf('n1'))
    await vi.advanceTimersByTimeAsync(quiet)
    await answer(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([accept.mock.calls, settled.mock.calls, asked.length]).toEqual([[], [], 1])
    // The host was tried again: that is a person's doing.
    show(keyOf('n1'))
    await vi.advanceTimersByTimeAsync(quiet)
    expect(asked).toHaveLength(2)
    await answer(true)
    expect(settled.mock.calls).toEqual([['n1']])
  })

  test('that come while one question is open are the next one', async () => {
    const { show, answer, asked } = person()
    show(keyOf('n1'))
    await vi.advanceTimersByTimeAsync(quiet)
    show(keyOf('n2'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.map(({ keys }) => keys)).toEqual([['n1']])
    await answer(true)
    await vi.advanceTimersByTimeAsync(quiet)
    expect(asked.map(({ keys }) => keys)).toEqual([['n1'], ['n2']])
  })

  test('are not asked about twice, if one comes again while the question about it is open', async () => {
    const { show, answer, asked, settled } = person()
    show(keyOf('n1'))
    await vi.advanceTimersByTimeAsync(quiet)
    show(keyOf('n1'))
    await answer(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(1)
    expect(settled).toHaveBeenCalledTimes(2)
  })

  test('of one host that shows two are two', async () => {
    const { show, asked } = person()
    show(keyOf('n1', 'one'))
    show(keyOf('n1', 'two'))
    await vi.advanceTimersByTimeAsync(quiet)
    expect(asked.map(({ keys }) => keys)).toEqual([['n1', 'n1']])
  })

  test('that cannot be kept are told so, and do not count as accepted', async () => {
    const { show, answer, accept, failed, settled } = person()
    accept.mockRejectedValueOnce(new Error('disk full'))
    show(keyOf('n1'))
    await vi.advanceTimersByTimeAsync(quiet)
    await answer(true)
    expect(failed.mock.calls).toEqual([[new Error('disk full')]])
    expect(settled).not.toHaveBeenCalled()
  })
})

test('where nobody can be asked, nothing is waited for', () => {
  const decisions = createKeyDecisions({
    trusted: { accept: () => Promise.resolve() },
    decide: undefined,
    failed: () => undefined,
  })
  decisions.unknown(keyOf('n1'))
  expect(decisions.accepted(keyOf('n1'))).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})

test('a key that is accepted at first sight is kept at once, and a failure is told', async () => {
  const { decisions, accept, failed } = person()
  decisions.fresh(keyOf('n1'))
  accept.mockRejectedValueOnce(new Error('disk full'))
  decisions.fresh(keyOf('n2'))
  await vi.advanceTimersByTimeAsync(0)
  expect(accept).toHaveBeenCalledTimes(2)
  expect(failed).toHaveBeenCalledOnce()
})
