import type { LookupAddress } from 'node:dns'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createAddresses, type Family, type Found } from '../../../../source/nodes/connections/ssh/addresses.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const four = (address: string): LookupAddress => ({ address, family: 4 })
const old = four('10.0.0.7')
const fresh = four('10.0.0.8')

/** What was begun goes as far as it can. */
const turn = () => vi.advanceTimersByTimeAsync(0)

const failure = (code: string): Error => Object.assign(new Error(`getaddrinfo ${code}`), { code })

/** Name servers that a test speaks for: a question waits until it is answered. */
const servers = (more: { readonly parallel?: number } = {}) => {
  const open: {
    readonly host: string
    readonly family: Family
    readonly answer: PromiseWithResolvers<readonly LookupAddress[]>
  }[] = []
  const addresses = createAddresses({
    lookup: (host, family) => {
      const answer = Promise.withResolvers<readonly LookupAddress[]>()
      open.push({ host, family, answer })
      return answer.promise
    },
    now: () => performance.now(),
    ...more,
  })
  return {
    addresses,
    asked: () => open.map(({ host }) => host),
    answer: async (index: number, found: readonly LookupAddress[]) => {
      await turn()
      open[index]?.answer.resolve(found)
    },
    fail: async (index: number, code: string) => {
      await turn()
      open[index]?.answer.reject(failure(code))
    },
  }
}

describe('a name', () => {
  test('is what its name server says, whatever is remembered', async () => {
    const { addresses, answer } = servers()
    expect(addresses.remembers('web')).toBe(false)
    addresses.worked('web', old)
    expect(addresses.remembers('web')).toBe(true)
    const found = addresses.find('web', 'any')
    await answer(0, [fresh])
    expect(await found).toEqual({ addresses: [fresh] })
  })

  test('that no server answers for within 2 s is at the address that worked last, with when that was', async () => {
    const { addresses } = servers()
    addresses.worked('web', fresh)
    await vi.advanceTimersByTimeAsync(500)
    const at = performance.now()
    addresses.worked('web', old)
    await vi.advanceTimersByTimeAsync(60_000)
    const found = vi.fn<(found: Found) => void>()
    void addresses.find('web', 'any').then(found)
    await vi.advanceTimersByTimeAsync(1999)
    expect(found).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(found.mock.calls).toEqual([[{ addresses: [old], remembered: at }]])
  })

  test('that no server answers for, and nobody remembers, is an error that says so', async () => {
    const { addresses } = servers()
    addresses.worked('other', old)
    const found = addresses.find('web', 'any').catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await found).toMatchObject({ code: 'ETIMEOUT', message: expect.stringContaining('web') })
  })

  test.each(['EAI_AGAIN', 'EAI_FAIL', 'EAI_SYSTEM'])(
    'is remembered where the answer is %s: nobody answered',
    async (code) => {
      const { addresses, fail } = servers()
      addresses.worked('web', old)
      const found = addresses.find('web', 'any')
      await fail(0, code)
      expect(await found).toMatchObject({ addresses: [old] })
    },
  )

  test('is not, where a server answers that there is none: a host that moved away is not looked for where it was', async () => {
    const { addresses, fail } = servers()
    addresses.worked('web', old)
    const found = addresses.find('web', 'any')
    found.catch(() => undefined)
    await fail(0, 'ENOTFOUND')
    await expect(found).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })
})

describe('lookups', () => {
  test('are one for a name, however many ask, also after their patience is over', async () => {
    const { addresses, asked, answer } = servers()
    const early = Array.from({ length: 50 }, () => addresses.find('web', 'any').catch(() => 'late'))
    await vi.advanceTimersByTimeAsync(2000)
    expect(await Promise.all(early)).toEqual(Array.from({ length: 50 }, () => 'late'))
    const late = addresses.find('web', 'any')
    expect(asked()).toEqual(['web'])
    await answer(0, [fresh])
    expect(await late).toEqual({ addresses: [fresh] })
    void addresses.find('web', 'any').catch(() => undefined)
    await turn()
    expect(asked()).toEqual(['web', 'web'])
  })

  test('are one for each family', async () => {
    const { addresses, asked } = servers()
    for (const family of [4, 6] as const) void addresses.find('web', family).catch(() => undefined)
    await turn()
    expect(asked()).toEqual(['web', 'web'])
  })

  test('are two at a time at most, and a failure gives way as well', async () => {
    const { addresses, asked, answer, fail } = servers()
    for (const host of ['a', 'b', 'c', 'd']) void addresses.find(host, 'any').catch(() => undefined)
    await turn()
    expect(asked()).toEqual(['a', 'b'])
    await fail(1, 'ENOTFOUND')
    await turn()
    expect(asked()).toEqual(['a', 'b', 'c'])
    await answer(0, [old])
    await turn()
    expect(asked()).toEqual(['a', 'b', 'c', 'd'])
  })

  test.each([
    ['10.0.0.9', 4],
    ['2001:db8::1', 6],
    ['fe80::1%eth0', 6],
  ])('are none for an address, %s, which must not wait behind names', async (host, family) => {
    const { addresses, asked } = servers({ parallel: 1 })
    void addresses.find('silent', 'any').catch(() => undefined)
    expect(await addresses.find(host, 'any')).toEqual({ addresses: [{ address: host, family }] })
    expect(asked()).toEqual(['silent'])
  })
})
