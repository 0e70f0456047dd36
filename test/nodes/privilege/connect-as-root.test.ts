import { expect, test, vi } from 'vitest'
import { ConnectionError } from '../../../source/nodes/connections/connection.ts'
import { connectAsRoot, wholeEngine } from '../../../source/nodes/privilege/connect-as-root.ts'
import { createSudoGate } from '../../../source/nodes/privilege/sudo-gate.ts'
import { clean } from '../../../source/text/clean.ts'
import { fakeConnection } from '../fake-connection.ts'

/** A node whose sudo ends in one way. */
const started = (code: number, stderr = '') => {
  const fake = fakeConnection((channel) => {
    if (channel.program.argv.at(-1) === ':') channel.end(code, stderr)
  })
  const clock = { now: 0 }
  const gate = createSudoGate(() => clock.now)
  const connect = connectAsRoot(() => Promise.resolve(fake.connection), gate)
  const { signal } = new AbortController()
  const run = async (): Promise<readonly string[]> => {
    const connection = await connect(signal)
    await connection.stream({ argv: ['sh', '-c', 'the engine'] }, signal)
    return fake.channels.at(-1)?.program.argv ?? []
  }
  return { fake, gate, clock, run }
}

test('where sudo lets us, everything runs under it', async () => {
  const { run, gate } = started(0)
  const argv = await run()
  expect(argv.join(' ')).toContain('sudo -n sh -c')
  expect(argv.slice(-3)).toEqual(['sh', '-c', 'the engine'])
  expect(gate.refusal(wholeEngine)).toBeUndefined()
})

test('where it does not, everything runs as it is, and the refusal is known', async () => {
  const { run, gate } = started(1, 'sudo: a password is required')
  expect(await run()).toEqual(['sh', '-c', 'the engine'])
  expect(gate.refusal(wholeEngine)?.advice).toBe(
    'sudo: a password is required: give the node what kntop commands --output sudoers --sudo root prints. Tried once an hour.',
  )
})

test('it is tried once an hour, however often the node is connected', async () => {
  const { run, fake, clock } = started(1, 'sudo: a password is required')
  const trials = (): number => fake.channels.filter(({ program }) => program.argv.at(-1) === ':').length
  await run()
  clock.now = 3_599_999
  await run()
  expect(trials()).toBe(1)
  clock.now = 3_600_000
  await run()
  expect(trials()).toBe(2)
})

test('a refusal without words of sudo is told by its status', async () => {
  const { run, gate } = started(126, 'no')
  await run()
  expect(gate.refusal(wholeEngine)?.advice).toMatch(/^sudo: ended with status 126: /)
})

test('a connection on which sudo cannot even be tried is closed: nobody else holds it', async () => {
  const { connection } = fakeConnection()
  const close = vi.fn<() => void>()
  const refused = new ConnectionError({ state: 'no-data', cause: clean('does not open another channel') })
  const held = { ...connection, close, stream: () => Promise.reject(refused) }
  const connect = connectAsRoot(
    () => Promise.resolve(held),
    createSudoGate(() => 0),
  )
  await expect(connect(new AbortController().signal)).rejects.toBe(refused)
  expect(close).toHaveBeenCalledTimes(1)
})
