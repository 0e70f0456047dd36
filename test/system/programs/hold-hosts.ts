// Holds a connection to each host, and runs nothing over it. node hold-hosts.ts CONFIG FOLDER HOST...: prints a line of JSON
// for each change, [host, state, cause], of a live one with its remark; ends with its stdin.
import { once } from 'node:events'
import { keepConnected } from '../../../source/nodes/connections/keeper.ts'
import { createFleet } from '../../../source/nodes/connections/ssh/fleet.ts'

const [configFile, folder = '', ...hosts] = process.argv.slice(2)
const end = new AbortController()
const now = (): number => performance.now()
const say = (...words: readonly string[]): void => void process.stdout.write(`${JSON.stringify(words)}\n`)

const fleet = await createFleet({
  configFile,
  transport: 'ssh',
  stateFolder: undefined,
  controlFolder: folder,
  write: () => Promise.resolve(),
  ask: undefined,
  decide: undefined,
  failed: () => undefined,
  environment: process.env,
  now,
  wall: Date.now,
  signal: end.signal,
})
const keepers = hosts.map((host) =>
  keepConnected({
    connect: fleet.connectTo(host),
    hold: (connection) => {
      say(host, 'live', connection.remark ?? '')
      end.signal.addEventListener('abort', connection.close, { once: true })
      return connection.closed
    },
    tell: (state, cause) => say(host, state, cause),
    onWay: () => undefined,
    now,
    signal: end.signal,
  }),
)
process.stdin.resume()
await once(process.stdin, 'end')
end.abort()
await Promise.all(keepers.map(({ done }) => done))
fleet.close()
