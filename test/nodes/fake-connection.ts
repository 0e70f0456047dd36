import type { Channel, Connection, Exit, Program } from '../../source/nodes/connections/connection.ts'
import { clean } from '../../source/text/clean.ts'

/** The far end of a channel, played by a test. */
export interface FakeChannel {
  readonly program: Program
  /** What was written to it, after the program's own input. */
  readonly written: string[]
  /** Whether our side has closed it. */
  closed(): boolean
  send(bytes: Buffer | string): void
  /** Without a status by SIGKILL, if nothing else is said. */
  end(code: number | null, stderr?: string, signal?: string | null): void
}

export interface FakeConnection {
  readonly connection: Connection
  readonly channels: FakeChannel[]
}

/** A connection whose channels do what the test makes them do. A channel that is closed ends at once. */
export const fakeConnection = (opened: (channel: FakeChannel) => void = () => undefined): FakeConnection => {
  const channels: FakeChannel[] = []
  const gone = Promise.withResolvers<Awaited<Connection['closed']>>()

  const stream = async (program: Program, until: AbortSignal): Promise<Channel> => {
    const written: string[] = []
    const exit = Promise.withResolvers<Exit>()
    let listener: (chunk: Buffer) => void = () => undefined
    let closed = false
    const end: FakeChannel['end'] = (code, stderr = '', signal = code === null ? 'SIGKILL' : null) =>
      exit.resolve({ code, signal, stderr: clean(stderr) })
    const close = (): void => {
      closed = true
      end(0)
    }
    until.addEventListener('abort', close, { once: true })
    const channel: FakeChannel = {
      program,
      written,
      closed: () => closed,
      send: (bytes) => listener(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
      end,
    }
    channels.push(channel)
    // After our side has had its turn to listen.
    setImmediate(() => opened(channel))
    return {
      write: (text) => void written.push(text),
      onData: (next) => {
        listener = next
      },
      close,
      exit: exit.promise,
    }
  }

  return {
    channels,
    connection: {
      transport: 'local',
      closed: gone.promise,
      stream,
      close: () => gone.resolve({ state: 'lost', cause: clean('closed') }),
    },
  }
}

/** The marker that a program carries in two halves, among the arguments of its script. */
export const markerOf = ({ input = '' }: Program): string => {
  const [, first = '', second = ''] = /^set -- '([^']*)' '([^']*)'/m.exec(input) ?? []
  return first + second
}
