import { expect, test, vi } from 'vitest'
import { type Cause, ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import type { OpenSshConnection } from '../../../../source/nodes/connections/openssh/openssh.ts'
import { createPassages } from '../../../../source/nodes/connections/openssh/passages.ts'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { clean } from '../../../../source/text/clean.ts'

const hop = (alias: string): SshSettings =>
  ({ alias, user: 'karin', hostName: `${alias}.example`, port: 22 }) as unknown as SshSettings

const { signal } = new AbortController()

/** Hops that are reached at once; the passage names the hop and what it goes through. */
const reached = () => {
  const closed = Promise.withResolvers<Cause>()
  const connect = vi.fn<Parameters<typeof createPassages>[0]>(({ target: to }, passage) =>
    Promise.resolve({
      passage: () => `[${to.alias} behind ${passage ?? 'nothing'}]`,
      closed: closed.promise,
      close: () => closed.resolve({ state: 'lost', cause: clean('closed') }),
    } as unknown as OpenSshConnection),
  )
  return { connect, closed }
}

test('without hops there is no passage', async () => {
  const { connect } = reached()
  expect(await createPassages(connect).through([], signal)).toBeUndefined()
  expect(connect).not.toHaveBeenCalled()
})

test('one login at each hop serves all that go through it', async () => {
  const { connect } = reached()
  const passages = createPassages(connect)
  const all = await Promise.all([
    passages.through([hop('a')], signal),
    passages.through([hop('a'), hop('b')], signal),
    passages.through([hop('a'), hop('b')], signal),
  ])
  expect(all).toEqual(['[a behind nothing]', '[b behind [a behind nothing]]', '[b behind [a behind nothing]]'])
  expect(connect.mock.calls.map(([{ target }]) => target.alias)).toEqual(['a', 'b'])
})

test('a hop whose connection is gone is logged in to anew', async () => {
  const { connect, closed } = reached()
  const passages = createPassages(connect)
  await passages.through([hop('a')], signal)
  closed.resolve({ state: 'lost', cause: clean('cut') })
  await vi.waitFor(async () => {
    await passages.through([hop('a')], signal)
    expect(connect).toHaveBeenCalledTimes(2)
  })
})

test('a hop that cannot be reached is named, and tried again by the next', async () => {
  const connect = vi.fn<Parameters<typeof createPassages>[0]>(() =>
    Promise.reject(new ConnectionError({ state: 'denied', cause: clean('no key'), again: 'asked' })),
  )
  const passages = createPassages(connect)
  await expect(passages.through([hop('a'), hop('b')], signal)).rejects.toMatchObject({
    reason: { state: 'denied', cause: 'bastion a: no key', again: 'asked' },
  })
  await expect(passages.through([hop('a')], signal)).rejects.toThrow('bastion a: no key')
  expect(connect).toHaveBeenCalledTimes(2)
})

test('a hop under another name or by other rules is another one: ssh asks the configuration by name', async () => {
  const { connect } = reached()
  const passages = createPassages(connect)
  const ways = [hop('a'), { ...hop('a'), strictHostKeyChecking: 'yes' } as const, { ...hop('a'), alias: 'b' }, hop('a')]
  for (const way of ways) await passages.through([way], signal)
  expect(connect.mock.calls.map(([{ target }]) => target.alias)).toEqual(['a', 'a', 'b'])
})

test('a login at a hop goes on when the first who asked for it goes; it ends with the last, or with all', async () => {
  const connect = vi.fn<Parameters<typeof createPassages>[0]>(() => new Promise(() => undefined))
  const signals = (): readonly boolean[] => connect.mock.calls.map(([, , asked]) => asked.aborted)
  const passages = createPassages(connect)
  const controllers = [new AbortController(), new AbortController()]
  const waits = controllers.map((controller) => passages.through([hop('a')], controller.signal))
  await vi.waitFor(() => expect(connect).toHaveBeenCalledOnce())
  controllers[0]?.abort()
  await expect(waits[0]).rejects.toThrow('bastion a: given up')
  expect(signals()).toEqual([false])
  controllers[1]?.abort()
  await expect(waits[1]).rejects.toThrow('bastion a: given up')
  expect(signals()).toEqual([true])
  passages.through([hop('a')], signal).catch(() => undefined)
  await vi.waitFor(() => expect(connect).toHaveBeenCalledTimes(2))
  passages.close()
  expect(signals()).toEqual([true, true])
})
