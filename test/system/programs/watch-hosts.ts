// Watches hosts as the modes do, with a person before it who says what stdin tells. node watch-hosts.ts JSON, which is an
// `Asked`. Prints a line of JSON for each node that changed, for each question, and once a second: see `Told`.
import { createInterface } from 'node:readline'
import { resolve } from '../../../source/config/resolve.ts'
import type { Event } from '../../../source/events/event.ts'
import { drawTable } from '../../../source/interface/table/table.ts'
import { emptyTable } from '../../../source/interface/table/table-state.ts'
import { createTheme } from '../../../source/interface/theme.ts'
import type { MetricId } from '../../../source/metrics/catalogue.ts'
import { setup } from '../../../source/modes/setup.ts'
import { linkHint } from '../../../source/screens/links/hint.ts'
import { linkTable } from '../../../source/screens/links/rows.ts'
import type { NodeView } from '../../../source/store/snapshot.ts'
import { createStore } from '../../../source/store/store.ts'
import { unpainted } from '../../../source/text/colour.ts'
import type { Asked, Order, ToldNode } from '../ssh/watched-hosts.ts'

const { flags, stateFolder, door, metrics, umask } = JSON.parse(process.argv[2] ?? '') as Asked
if (umask !== undefined) process.umask(umask)

const width = 240
const theme = createTheme('none', 'ascii')
const store = createStore()
const { feed } = await setup(resolve({ flags, environment: {} }, null), { stateFolder, door })
const stop = new AbortController()
const samples = new Map<string, number>()
const told = new Map<string, string>()
let requests = ''

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const figuresOf = (node: NodeView): ToldNode['figures'] =>
  Object.fromEntries(
    metrics.map((metric: MetricId) => {
      const reading = node.reading(metric)
      return [metric, 'missing' in reading ? reading.missing : reading.value]
    }),
  )

const tell = (): void => {
  const snapshot = store.snapshot()
  const size = { columns: width, rows: snapshot.nodes.size + 1 }
  const rows = new Map(
    drawTable(linkTable, snapshot, emptyTable, size, theme)
      .map((line) => unpainted(line).trim())
      .map((line) => [line.split(' ')[0] ?? '', line]),
  )
  for (const [name, node] of snapshot.nodes) {
    const { link } = node
    if (link === undefined) continue
    const hint = linkHint(snapshot, node, width).map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trim(),
    )
    const [row = '', ticks = 0] = [rows.get(name), samples.get(name)]
    const one: ToldNode = { name, link, ticks, row, hint: hint.join(' '), figures: figuresOf(node) }
    const text = JSON.stringify(one)
    if (told.get(name) === text) continue
    told.set(name, text)
    say({ node: one })
  }
  const asked = JSON.stringify([...snapshot.requests.values()])
  if (asked !== requests) say({ requests: JSON.parse(asked) as unknown })
  requests = asked
}

let timer: NodeJS.Timeout | undefined
const emit = (events: readonly Event[]): void => {
  store.apply(events)
  for (const event of events)
    if (event.type === 'sample' && 'node' in event.subject)
      samples.set(event.subject.node, (samples.get(event.subject.node) ?? 0) + 1)
  // A state of a link may pass in less time than figures are gathered for.
  if (events.some(({ type }) => type === 'link')) tell()
  timer ??= setTimeout(() => {
    timer = undefined
    tell()
  }, 50)
}

const obey = (order: Order): void => {
  if ('answer' in order) feed.answer(order.answer, order.as)
  else if ('retry' in order) feed.retry(order.retry)
  else stop.abort()
}
createInterface({ input: process.stdin })
  .on('line', (line) => obey(JSON.parse(line) as Order))
  .on('close', () => stop.abort())

await feed.run(emit, stop.signal)
clearTimeout(timer)
tell()
// As the program ends: whatever is still open is left.
process.stdout.write(`${JSON.stringify({ ended: true })}\n`, () => process.exit(0))
