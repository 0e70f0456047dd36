import { expect, it } from 'vitest'
import type { ApiResponse } from '../../source/cluster/api.ts'
import { defaultLimits } from '../../source/cluster/limits.ts'
import { createServer, ping } from '../../source/cluster/server.ts'
import type { ApiStatus } from '../../source/events/sources.ts'
import { clean } from '../../source/text/clean.ts'

const answering = (status: number, headers: Readonly<Record<string, string>>): ApiResponse => ({
  status,
  header: (name) => headers[name],
  body: (async function* () {
    yield Buffer.from('{"gitVersion":"v1.34.1"}')
  })(),
})

const { ping: usual, retryAfter: most } = defaultLimits

it.each([
  ['an answer', 200, {}, usual, 'live'],
  ['a right that is missing', 403, {}, usual, 'live'],
  ['too many requests, for no time', 429, { 'retry-after': '0' }, usual, 'live'],
  ['too many requests, for a minute', 429, { 'retry-after': '60' }, 60_000, 'live'],
  ['too many requests, for a day', 429, { 'retry-after': '86400' }, most, 'live'],
  ['an error', 500, {}, usual / 5, 'stale'],
  ['no answer', 0, {}, usual / 5, 'stale'],
] as const)('the server is asked for its version again after %s', async (_, status, headers, pause, state) => {
  const end = new AbortController()
  const told: ApiStatus[] = []
  const pauses: number[] = []
  const server = createServer((said) => void told.push(said), Date.now)
  const wait = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds)
    end.abort()
    return Promise.resolve()
  }
  const asked = {
    api: {
      request: () =>
        status === 0 ? Promise.reject(new Error('refused')) : Promise.resolve(answering(status, headers)),
      refused: () => clean(''),
    },
    now: Date.now,
    limits: defaultLimits,
    waits: { pause: wait, keep: wait, wake: () => undefined },
    dated: () => undefined,
  }
  await ping(asked, server, end.signal)
  expect(pauses).toEqual([pause])
  expect(told.at(-1)?.state).toBe(state)
})

it('that says nothing is stale since its last word, not since that was noticed; and says when it is back', () => {
  let now = 1000
  let back = 0
  const told: ApiStatus[] = []
  const server = createServer(
    (said) => void told.push(said),
    () => now,
    () => (back += 1),
  )
  server.answered(5, undefined)
  now = 4000
  server.heard()
  now = 20_000
  server.failed(clean('no answer'))
  expect(told.at(-1)).toMatchObject({ state: 'stale', since: 4000 })
  now = 25_000
  server.failed(clean('no answer'))
  expect([told.at(-1)?.since, back]).toEqual([4000, 0])
  server.answered(5, undefined)
  expect([told.at(-1)?.state, back]).toEqual(['live', 1])
})
