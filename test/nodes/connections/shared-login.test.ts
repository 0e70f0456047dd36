import { expect, test, vi } from 'vitest'
import { shareLogin } from '../../../source/nodes/connections/shared-login.ts'

const always = new AbortController().signal

/** A login that ends when it is told to, or given up. */
const started = () => {
  const outcome = Promise.withResolvers<{ close(): void }>()
  const close = vi.fn<() => void>()
  const abandoned = vi.fn<() => void>()
  let signal: AbortSignal | undefined
  const shared = shareLogin((asked) => {
    signal = asked
    return outcome.promise
  }, abandoned)
  const connection = { close }
  return {
    shared,
    connection,
    close,
    abandoned,
    isEnded: () => signal?.aborted,
    succeed: () => outcome.resolve(connection),
    fail: () => outcome.reject(new Error('refused')),
  }
}

test('one that the first gave up goes on for the others', async () => {
  const { shared, connection, abandoned, isEnded, succeed } = started()
  const first = new AbortController()
  const one = shared.wait(first.signal)
  const other = shared.wait(always)
  first.abort()
  await expect(one).rejects.toThrow('given up')
  expect([isEnded(), abandoned.mock.calls.length]).toEqual([false, 0])
  succeed()
  expect(await other).toBe(connection)
})

test('one that all gave up is ended, and a connection that comes of it is closed', async () => {
  const { shared, close, abandoned, isEnded, succeed } = started()
  const controllers = [new AbortController(), new AbortController()]
  const waits = controllers.map(({ signal }) => shared.wait(signal))
  for (const controller of controllers) controller.abort()
  await Promise.all(waits.map((wait) => expect(wait).rejects.toThrow('given up')))
  expect([isEnded(), abandoned.mock.calls.length]).toEqual([true, 1])
  succeed()
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce())
})

test('one that is there is not ended by who leaves', async () => {
  const { shared, close, abandoned, isEnded, succeed } = started()
  const only = new AbortController()
  succeed()
  await shared.wait(only.signal)
  only.abort()
  await expect(shared.wait(AbortSignal.abort())).rejects.toThrow('given up')
  expect([isEnded(), abandoned.mock.calls.length, close.mock.calls.length]).toEqual([false, 0, 0])
})

test('one that fails fails for all who wait', async () => {
  const { shared, abandoned, fail } = started()
  const waits = [shared.wait(always), shared.wait(always)]
  fail()
  await Promise.all(waits.map((wait) => expect(wait).rejects.toThrow('refused')))
  expect(abandoned).not.toHaveBeenCalled()
})

test('the end of all ends it, or closes what came of it', async () => {
  const [running, there] = [started(), started()]
  there.succeed()
  await there.shared.wait(always)
  for (const { shared } of [running, there]) shared.end()
  expect(running.isEnded()).toBe(true)
  await vi.waitFor(() => expect(there.close).toHaveBeenCalledOnce())
})
