import { readFileSync } from 'node:fs'
import ssh2, { type AuthContext } from 'ssh2'

/** A server in this process that judges logins as a test wants it to; sshd asks nothing where PAM is off. */
export interface AskingServer {
  readonly port: number
  /** Whatever a client sent as an answer. */
  readonly received: string[]
  stop(): Promise<void>
}

export const startAsking = async (
  hostKey: string,
  judge: (context: AuthContext, received: string[]) => void,
): Promise<AskingServer> => {
  const received: string[] = []
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => judge(context, received))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    port: address.port,
    received,
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
