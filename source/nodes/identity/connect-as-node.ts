import { clean } from '../../text/clean.ts'
import { type Cause, type Connect, type Connection, ConnectionError } from '../connections/connection.ts'
import { deadline } from '../connections/deadline.ts'
import { shellProgram } from '../sampler/shell.ts'
import { identityLimit, identityScript, machineFrom, mismatch, type NodeIdentity } from './identity.ts'

/** Milliseconds for the whole answer; a login shell may take its time. */
const patience = 15_000
/** Milliseconds until a machine that is another one is looked at again: by then the map, or the cluster, may be mended. */
const refusedWait = 5 * 60_000

const outputOf = async (connection: Connection, signal: AbortSignal): Promise<string> => {
  const channel = await connection.stream(shellProgram(identityScript, []), signal)
  const chunks: Buffer[] = []
  let size = 0
  channel.onData((chunk) => {
    size += chunk.length
    if (size <= identityLimit) chunks.push(chunk)
    else channel.close()
  })
  const stop = deadline(patience, () => channel.close())
  await channel.exit
  stop()
  return Buffer.concat(chunks).toString('latin1')
}

const denied = (cause: string, now: number): Cause => ({
  state: 'denied',
  cause: clean(cause, 500),
  again: { at: now + refusedWait },
})

/**
 * Connections to the node of this name and to no other machine: before anything else is read over one, the machine says which
 * it is. `identity`: what the API says now; undefined: nothing that a machine could be held against.
 */
export const connectAsNode =
  (connect: Connect, name: string, identity: () => NodeIdentity | undefined, now: () => number): Connect =>
  async (signal, attempt) => {
    const connection = await connect(signal, attempt)
    const refuse = (cause: Cause): never => {
      connection.close()
      throw new ConnectionError(cause)
    }
    try {
      const wanted = identity()
      if (wanted === undefined)
        return refuse(
          denied(
            `the API server says too little of ${name} to tell it from another machine: no InternalIP, or no ids`,
            now(),
          ),
        )
      const machine = machineFrom(await outputOf(connection, signal))
      if (machine === undefined)
        return refuse({
          state: 'no-data',
          cause: clean(`does not say which machine it is: does its login shell run sh?`),
        })
      const other = mismatch(name, wanted, machine)
      return other === undefined ? connection : refuse(denied(other, now()))
    } catch (error) {
      connection.close()
      throw error
    }
  }
