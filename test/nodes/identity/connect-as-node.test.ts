import { describe, expect, test } from 'vitest'
import { ConnectionError } from '../../../source/nodes/connections/connection.ts'
import { connectAsNode } from '../../../source/nodes/identity/connect-as-node.ts'
import type { NodeIdentity } from '../../../source/nodes/identity/identity.ts'
import { fakeConnection } from '../fake-connection.ts'

const always = new AbortController().signal
const identity: NodeIdentity = { addresses: ['10.0.0.7'], bootId: 'boot', machineId: '' }
const itself = 'self\nboot boot\nmachine m\nhost worker-7\n |-- 10.0.0.7\n /32 host LOCAL\nwhole\n'

/** Connects to a machine that answers so. */
const connected = (answer: string, wanted: NodeIdentity | undefined = identity) => {
  const fake = fakeConnection((channel) => {
    channel.send(answer)
    channel.end(0)
  })
  const connect = connectAsNode(
    () => Promise.resolve(fake.connection),
    'worker-7',
    () => wanted,
    () => 1000,
  )
  const result = connect(always)
  return { fake, result }
}

const reasonOf = async (result: Promise<unknown>) => {
  const error: unknown = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConnectionError)) throw new Error(`let in: ${String(error)}`)
  return error.reason
}

describe('a connection to a node of a cluster', () => {
  test('is given where the machine proves to be that node', async () => {
    const { fake, result } = connected(itself)
    expect(await result).toBe(fake.connection)
  })

  test('is refused and closed where it is another machine, and looked at again in five minutes', async () => {
    const { fake, result } = connected(itself.replace('10.0.0.7', '10.0.0.3').replace('worker-7', 'db-3'))
    expect(await reasonOf(result)).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(/^this is db-3, not worker-7/),
      again: { at: 301_000 },
    })
    await fake.connection.closed
  })

  test('is refused where the machine says nothing, or too little is known of the node', async () => {
    expect(await reasonOf(connected('Last login: yesterday\n').result)).toMatchObject({ state: 'no-data' })
    const fake = fakeConnection()
    const connect = connectAsNode(
      () => Promise.resolve(fake.connection),
      'worker-7',
      () => undefined,
      () => 0,
    )
    expect(await reasonOf(connect(always))).toMatchObject({
      state: 'denied',
      cause: expect.stringContaining('too little'),
    })
    expect(fake.channels).toHaveLength(0)
  })

  test('is refused where an answer has no end', async () => {
    expect(await reasonOf(connected('x'.repeat(300_000)).result)).toMatchObject({ state: 'no-data' })
  })
})
