import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LoginResult } from '../../../../source/nodes/connections/ssh/auth/first-contact.ts'
import { createSlots } from '../../../../source/nodes/connections/ssh/slots.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A fleet of logins that last until the test says how they end. */
const fleet = (hosts: number, user: (host: number) => string = () => 'karin') => {
  const slots = createSlots()
  const started: number[] = []
  const ends = Array.from({ length: hosts }, () => Promise.withResolvers<void>())
  const logins = ends.map(({ promise }, host) =>
    slots
      .run(
        user(host),
        () => {
          started.push(host)
          return promise
        },
        (error) => (error as Error).message as LoginResult,
      )
      .catch((error: unknown) => (error as Error).message),
  )
  let next = 0
  const settle = () => vi.advanceTimersByTimeAsync(0)
  return {
    started,
    logins,
    settle,
    /** Ends the logins that have waited longest. */
    end: async (count: number, result: LoginResult = 'accepted') => {
      await settle()
      for (let index = 0; index < count; index += 1) {
        const end = ends[started[next] ?? -1]
        next += 1
        if (result === 'accepted') end?.resolve()
        else end?.reject(new Error(result))
        await settle()
      }
    },
  }
}

describe('logins of one user', () => {
  test('are one, then 4, then 32 at a time', async () => {
    const { started, end, settle } = fleet(100)
    await settle()
    expect(started).toHaveLength(1)
    await end(1)
    expect(started).toHaveLength(1 + 4)
    await end(4)
    expect(started).toHaveLength(5 + 32)
    await end(37)
    expect(started).toHaveLength(42 + 32)
  })

  test('are one at a time after a refusal, until somebody lets us in', async () => {
    const { started, end } = fleet(100)
    await end(5)
    expect(started).toHaveLength(37)
    await end(1, 'refused')
    expect(started).toHaveLength(37)
    await end(31, 'refused')
    expect(started).toHaveLength(38)
    await end(1)
    expect(started).toHaveLength(38 + 32)
  })

  test('that reach nobody let one more be tried beside each, up to 4', async () => {
    const { started, end, settle } = fleet(100)
    await settle()
    await end(1, 'unreached')
    expect(started).toHaveLength(1 + 2)
    await end(3, 'unreached')
    expect(started).toHaveLength(4 + 4)
    await end(10, 'unreached')
    expect(started).toHaveLength(14 + 4)
  })

  test('keep nobody from their result', async () => {
    const { logins, end, settle } = fleet(3)
    await settle()
    await end(1, 'unreached')
    await end(2)
    expect(await Promise.all(logins)).toEqual(['unreached', undefined, undefined])
  })
})

describe('a login that takes long', () => {
  test('gives its place to the next after 3 s, once', async () => {
    const { started, end, settle } = fleet(10)
    await settle()
    await vi.advanceTimersByTimeAsync(2999)
    expect(started).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toHaveLength(2)
    await end(1)
    // The second has its place, so that there are three more.
    expect(started).toHaveLength(5)
  })

  test('holds up a whole fleet of such for as long as it must: one place every 3 s', async () => {
    const { started } = fleet(10)
    await vi.advanceTimersByTimeAsync(9000)
    expect(started).toHaveLength(4)
  })
})

test('users do not wait for one another', async () => {
  const { started, settle } = fleet(4, (host) => `user-${host}`)
  await settle()
  expect(started).toEqual([0, 1, 2, 3])
})
