import { describe, expect, test, vi } from 'vitest'
import { type Cause, type Connection, ConnectionError } from '../../../source/nodes/connections/connection.ts'
import { type Candidate, connectInTurn } from '../../../source/nodes/connections/in-turn.ts'
import { clean } from '../../../source/text/clean.ts'
import { fakeConnection } from '../fake-connection.ts'

const always = new AbortController().signal
const { connection } = fakeConnection()

const way = (name: string, outcome: Connection | Cause) => ({
  name,
  connect: vi.fn<Candidate['connect']>(() =>
    'transport' in outcome ? Promise.resolve(outcome) : Promise.reject(new ConnectionError(outcome)),
  ),
})
const nobody = (name: string) => way(name, { state: 'lost', cause: clean('refused'), unreached: true })

describe('several ways to one node', () => {
  test('are tried in turn while nobody answers', async () => {
    const last = way('c', connection)
    expect(await connectInTurn(() => [nobody('a'), nobody('b'), last])(always)).toBe(connection)
    const unused = way('b', connection)
    await connectInTurn(() => [way('a', connection), unused])(always)
    expect(unused.connect).not.toHaveBeenCalled()
  })

  test.each([
    { state: 'denied', cause: clean('HOST KEY CHANGED') },
    { state: 'denied', cause: clean('server refused 1 key') },
    { state: 'lost', cause: clean('does not finish the login') },
  ] as const)('end with an answer: $cause', async (refusal) => {
    const next = way('b', connection)
    await expect(connectInTurn(() => [way('a', refusal), next])(always)).rejects.toMatchObject({ reason: refusal })
    expect(next.connect).not.toHaveBeenCalled()
  })

  test('are all named where nobody answers on any', async () => {
    await expect(connectInTurn(() => [nobody('a'), nobody('b')])(always)).rejects.toMatchObject({
      reason: { state: 'lost', cause: 'a: refused; b: refused' },
    })
    await expect(connectInTurn(() => [])(always)).rejects.toMatchObject({ reason: { cause: /no address/ } })
  })
})
