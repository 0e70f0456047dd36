import { clean } from '../../../text/clean.ts'
import { type Cause, type Channel, type Connection, ConnectionError } from '../connection.ts'
import { stderrFlood } from '../flood-guard.ts'
import { refuseBadHostName } from '../ssh/host-name.ts'
import { passageThrough } from './arguments.ts'
import { openChannel } from './channel.ts'
import { newControlPath } from './control-path.ts'
import { openMaster } from './master.ts'
import type { OpenSshOptions } from './options.ts'

export type { OpenSshOptions } from './options.ts'

/** A connection of the system's ssh. */
export interface OpenSshConnection extends Connection {
  /** The `passage` of a connection that leads through this one, as through a jump host. */
  passage(): string
}

const closedByUs: Cause = { state: 'lost', cause: clean('closed') }

/**
 * Logs in with the system's ssh: one ssh of ours holds the connection, and each channel is an ssh that uses it. Nothing asks
 * anybody anything, nothing is forwarded, and all of it ends with this process. Rejects with a {@link ConnectionError}.
 */
export const connectOpenSsh = async (options: OpenSshOptions, signal: AbortSignal): Promise<OpenSshConnection> => {
  refuseBadHostName(options.host)
  const socket = await newControlPath(options.controlFolder, options.environment.XDG_RUNTIME_DIR)
  const master = await openMaster(options, socket, signal)
  const channels = new Set<Channel>()
  let gone: Cause | undefined

  const channelsEnded = async (): Promise<void> => {
    for (const channel of channels) channel.close()
    await Promise.all([...channels].map((channel) => channel.exit))
  }
  const flooded = (): void => {
    gone ??= stderrFlood
    master.end()
  }
  const closed = master.ended.then(async (cause) => {
    gone ??= cause
    await channelsEnded()
    return gone
  })

  return {
    transport: 'openssh',
    passage: () => passageThrough(options.program, socket, options.host),
    closed,
    stream: async (program, asked) => {
      if (gone !== undefined) throw new ConnectionError(gone)
      const { opened, channel } = await openChannel(options, socket, program, flooded, asked)
      channels.add(channel)
      void channel.exit.then(() => channels.delete(channel))
      // Closed while this one was being started: no channel has to say why it does not come to be.
      if (gone !== undefined) channel.close()
      const failure = await opened().then(
        () => undefined,
        (error: unknown) => error,
      )
      if (gone !== undefined) throw new ConnectionError(gone, { cause: failure })
      if (failure !== undefined) throw failure
      return channel
    },
    close: () => {
      gone ??= closedByUs
      void channelsEnded().then(master.end)
    },
  }
}
