import { createConnection } from 'node:net'

/** Whether an ssh listens on its control socket and speaks first, as it does to everyone. */
export const answers = (socket: string, limit: number): Promise<boolean> =>
  new Promise((resolve) => {
    const client = createConnection(socket)
    const settle = (answer: boolean): void => {
      clearTimeout(timer)
      client.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => settle(false), limit)
    client.once('data', () => settle(true))
    client.once('error', () => settle(false))
    client.once('close', () => settle(false))
  })
