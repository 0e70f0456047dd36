import type { ClientChannel } from 'ssh2'
import { clean } from '../../../text/clean.ts'
import type { Channel, Exit } from '../connection.ts'
import type { Ending } from '../ending.ts'
import { onFlood } from '../flood-guard.ts'

const stderrLimit = 16 * 1024

/** Milliseconds that a program gets to end once its stdin is closed, and the server to confirm that the channel is. */
const grace = 1000

const unheard = (): void => undefined

/** What a channel needs of its connection. */
interface Carrier {
  /** When the connection is gone, every channel is. */
  readonly ending: Pick<Ending<unknown>, 'onEnd'>
  /** More came on stderr than anybody may send. */
  readonly flooded: () => void
  /** Hears what the channel carries, until it is closed from here: what comes then was not asked for. */
  readonly carried: (chunk: Buffer) => void
}

/** A channel of ssh2 behind our contract. It is never paused: what is not read would fill the window of its connection. */
export const channelOf = (stream: ClientChannel, { ending, flooded, carried }: Carrier): Channel => {
  let stderr = ''
  let code: number | null = null
  let signalName: string | null = null
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  let leave = (): void => undefined
  const exit = Promise.withResolvers<Exit>()

  const finish = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    leave()
    exit.resolve({ code, signal: signalName, stderr: clean(stderr.trim(), stderrLimit) })
  }

  onFlood(stream.stderr, flooded)
  stream.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-stderrLimit)
  })
  // Of a stream that nobody listens to nothing would be read, not even its end.
  stream.on('data', carried)
  stream.stderr.on('data', carried)
  const note = (status?: number | string | null, name?: string): void => {
    code = typeof status === 'number' ? status : null
    signalName = typeof status === 'string' ? status : (name ?? null)
  }
  stream.on('exit', note)
  // What breaks a channel breaks its connection, which says so itself.
  stream.on('error', unheard)
  stream.stderr.on('error', unheard)
  // It says again how the program ended: one that ends at once has said so before anybody could listen.
  stream.on('close', (status?: number | string | null, name?: string) => {
    note(status, name)
    finish()
  })
  leave = ending.onEnd(() => finish())

  return {
    write: (text) => {
      if (!isOver && stream.writable) stream.write(text)
    },
    onData: (listener) => void stream.on('data', listener),
    close: () => {
      if (isOver || timer !== undefined) return
      stream.end()
      // A program that does not end at the end of its input is left to its lease: a channel has no other way to end it.
      timer = setTimeout(() => {
        stream.on('data', unheard).off('data', carried)
        stream.stderr.off('data', carried)
        stream.close()
        timer = setTimeout(finish, grace)
      }, grace)
    },
    exit: exit.promise,
  }
}
