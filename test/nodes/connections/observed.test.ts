import { expect, test, vi } from 'vitest'
import { type Channel, type Connection, ConnectionError } from '../../../source/nodes/connections/connection.ts'
import { observeChannels } from '../../../source/nodes/connections/observed.ts'
import { type Clean, clean } from '../../../source/text/clean.ts'
import { fakeConnection } from '../fake-connection.ts'

const program = { argv: ['true'] as const }

/** A connection that opens a channel, or fails to, as the test says. */
const observed = (open: () => Promise<Channel>) => {
  const fake = fakeConnection()
  const noticed = vi.fn<(failure: Clean | undefined) => void>()
  const connection: Connection = { ...fake.connection, stream: open }
  return { noticed, connection: observeChannels(connection, noticed) }
}

const refuses = (cause: string) => () => Promise.reject(new ConnectionError({ state: 'no-data', cause: clean(cause) }))

const always = new AbortController().signal

test('a channel that opens is no trouble', async () => {
  const fake = fakeConnection()
  const { connection, noticed } = observed(() => fake.connection.stream(program, always))
  await connection.stream(program, always)
  expect(noticed.mock.calls).toEqual([[undefined]])
})

test('one that is refused is told with its cause, and rejects all the same', async () => {
  const { connection, noticed } = observed(refuses('MaxSessions'))
  await expect(connection.stream(program, always)).rejects.toThrow('MaxSessions')
  expect(noticed.mock.calls).toEqual([['new logins fail: MaxSessions']])
})

test('nothing is told of a connection that is gone: it says so itself', async () => {
  const { connection, noticed } = observed(refuses('closed'))
  connection.close()
  await connection.closed
  await expect(connection.stream(program, always)).rejects.toThrow('closed')
  expect(noticed).not.toHaveBeenCalled()
})

test('nor of one that nobody wants any more', async () => {
  const end = new AbortController()
  const { connection, noticed } = observed(refuses('given up'))
  const asked = connection.stream(program, end.signal)
  end.abort()
  await expect(asked).rejects.toThrow('given up')
  expect(noticed).not.toHaveBeenCalled()
})

test('a fault of the program is no trouble of the connection', async () => {
  const { connection, noticed } = observed(() => Promise.reject(new Error('not literal in every shell')))
  await expect(connection.stream(program, always)).rejects.toThrow('not literal')
  expect(noticed).not.toHaveBeenCalled()
})
