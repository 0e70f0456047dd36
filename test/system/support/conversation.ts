import { ends, type Namespace, type Pair } from './namespace.ts'
import { nodeProgram } from './programs.ts'

const port = 7777

/** A client in the near namespace and a server in the far one. `tell` gives an order to the client and waits until it is done. */
export const converse = async ({ near, far }: Pair): Promise<(order: string) => Promise<void>> => {
  const server = far.start(nodeProgram('echo', port))
  await server.said(/^listening/)
  const client = near.start(nodeProgram('talk', ends.far, port))
  await client.said(/^ready/)
  let told = 0
  const tell = async (order: string): Promise<void> => {
    told += 1
    client.write(`${order} #${told}\n`)
    await client.said(new RegExp(`^done .*#${told}$`), 60_000)
  }
  return tell
}

/** A socket as `ss -tin` shows it: milliseconds. */
interface Socket {
  readonly rtt: number
  readonly least: number
  readonly sent: number
  readonly answered: number
}

const number = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0)

/** The established sockets of a namespace, read by hand. */
export const sockets = async ({ run }: Namespace): Promise<readonly Socket[]> =>
  (await run(['ss', '-tinH', 'state', 'established', 'dst', ends.far]))
    .split(/\n(?=\S)/)
    .filter((text) => text.includes('rtt:'))
    .map((text) => ({
      rtt: number(text, / rtt:([\d.]+)/),
      least: number(text, / minrtt:([\d.]+)/),
      sent: number(text, / lastsnd:(\d+)/),
      answered: number(text, / lastack:(\d+)/),
    }))

const isFresh = ({ sent, answered }: Socket): boolean => sent < 5000 && answered < 5000

/** What a person makes of the sockets: of those that speak of now, how many, the middle, the least. */
export const byHand = async (namespace: Namespace) => {
  const fresh = (await sockets(namespace)).filter(isFresh)
  const sorted = fresh.map(({ rtt }) => rtt).toSorted((one, other) => one - other)
  const half = sorted.length / 2
  const middle = ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
  return {
    count: sorted.length,
    median: Number(middle.toFixed(6)),
    least: Math.min(...fresh.map(({ least }) => least)),
  }
}
