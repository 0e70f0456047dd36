import { expect, onTestFinished } from 'vitest'
import type { Channel, Exit } from '../../../../source/nodes/connections/connection.ts'
import { connectOpenSsh, type OpenSshConnection } from '../../../../source/nodes/connections/openssh/openssh.ts'
import type { OpenSshOptions } from '../../../../source/nodes/connections/openssh/options.ts'

/** Never aborted. */
export const always = new AbortController().signal

/** Connects, and closes at the end of the test. */
export const connect = async (options: OpenSshOptions): Promise<OpenSshConnection> => {
  const connection = await connectOpenSsh(options, always)
  onTestFinished(async () => {
    connection.close()
    await connection.closed
  })
  return connection
}

/** Collects what a channel gives. */
export const hear = (channel: Channel): { text(): string; until(part: string): Promise<void> } => {
  const chunks: Buffer[] = []
  channel.onData((chunk) => void chunks.push(chunk))
  const text = (): string => Buffer.concat(chunks).toString('latin1')
  return {
    text,
    until: async (part) => {
      await expect.poll(text).toContain(part)
    },
  }
}

/** Runs a script of sh to its end. */
export const ran = async (
  connection: OpenSshConnection,
  script: string,
  input = '',
): Promise<{ readonly output: string; readonly exit: Exit }> => {
  const channel = await connection.stream({ argv: ['sh', '-c', script], input }, always)
  const heard = hear(channel)
  const exit = await channel.exit
  return { output: heard.text(), exit }
}
