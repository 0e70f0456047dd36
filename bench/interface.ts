import { PassThrough } from 'node:stream'
import type { Event } from '../source/events/event.ts'
import { drawFrame } from '../source/interface/frame.ts'
import { createSession, type Session } from '../source/interface/session.ts'
import { createTheme } from '../source/interface/theme.ts'
import { screens } from '../source/screens/screens.ts'
import { createStore, type Store } from '../source/store/store.ts'
import { createInput } from '../source/terminal/input.ts'
import { createPresenter } from '../source/terminal/presenter.ts'
import { arrival, clock, type Figures, nodeNames, reading } from '../test/scenarios/cluster.ts'
import { type Measured, median, rounded } from './measured.ts'
import '../test/terminal-e2e/programs/with-jsx.ts'

const nodes = nodeNames(1000)
/** Fifty rows of a table, every column. */
const size = { columns: 200, rows: 60 }
const theme = createTheme('256', 'block')
const presses = 200
/** Presses between two seconds of readings. */
const readings = 20

/** One node in ten is in trouble, and all figures move. */
const figuresOf = (index: number, second: number): Figures => ({
  'conntrack.fill': index % 10 === 0 ? 97 : 10 + ((index + second) % 40),
  'rtt.p50': 0.2 + ((index * 7 + second) % 30) / 100,
  'nic.rx': 1e6 * ((index + second) % 900),
})

const secondOf = (second: number): readonly Event[] => [
  ...nodes.map((node, index) => reading(node, second, figuresOf(index, second))),
  clock(second),
]

const filledStore = (seconds: number): Store => {
  const store = createStore()
  store.apply(nodes.flatMap((node) => arrival(node, 0)))
  for (let second = 1; second <= seconds; second++) store.apply(secondOf(second))
  return store
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN

const timed = (work: () => void): number => {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

/** Milliseconds to draw a frame of a snapshot that nobody has drawn yet, and to draw it once more. */
const drawn = (store: Store, session: Session, from: number) => {
  const draw = (): number =>
    timed(() => drawFrame(session.model(), store.snapshot(), size, { at: 0, dropped: 0 }, theme))
  const runs = Array.from({ length: 60 }, (_, turn) => {
    store.apply(secondOf(from + turn))
    return { first: draw(), again: draw() }
  })
  return runs.slice(10)
}

/** Milliseconds; `cpu` is what it would be on a machine that does nothing else. */
interface Took {
  readonly wall: number
  readonly cpu: number
}

/** The interface on a terminal that takes everything at once. */
const startApp = async (store: Store) => {
  process.env['NODE_ENV'] = 'production'
  const { render } = await import('ink')
  const { createElement } = await import('react')
  const { App } = await import('../source/interface/app.tsx')
  let onWrite = (): void => undefined
  const presenter = createPresenter({
    terminal: {
      size: () => size,
      onResize: () => () => undefined,
      write: (bytes, done) => {
        onWrite()
        queueMicrotask(() => done(null, bytes.length))
      },
      writeNow: () => true,
    },
    onGone: (error) => {
      throw error
    },
  })
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => true })
  const input = createInput(keyboard, {
    onGone: (error) => {
      throw error
    },
  })
  const now = (): number => performance.now()
  const session = createSession({ screens, snapshot: store.snapshot, onEffect: () => undefined, now })
  const paints = new Set<() => void>()
  const ink = render(
    createElement(App, {
      session,
      theme,
      snapshot: store.snapshot,
      onPaint(listener) {
        paints.add(listener)
        return () => paints.delete(listener)
      },
      now,
      dropped: () => 0,
      show: presenter.show,
    }),
    {
      stdout: presenter.stdout,
      stdin: input.stdin,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps: 1000,
    },
  )
  await presenter.drained()
  const painted = (cause: () => void): Promise<Took> =>
    new Promise((resolve) => {
      const [begun, before] = [performance.now(), process.cpuUsage()]
      onWrite = () => {
        onWrite = () => undefined
        const { user, system } = process.cpuUsage(before)
        resolve({ wall: performance.now() - begun, cpu: (user + system) / 1000 })
      }
      cause()
    })
  return {
    /** Milliseconds from the bytes of a key to the bytes of the picture. */
    press: (key: string) => painted(() => keyboard.write(key)),
    paint: () => painted(() => paints.forEach((paint) => paint())),
    idle: () => presenter.drained(),
    close() {
      ink.unmount()
      presenter.close()
      input.close()
    },
  }
}

/** Presses keys again and again; now and then a second of readings comes between them. */
const pressed = async (store: Store, keys: readonly [string, ...string[]], setUp: readonly string[], from: number) => {
  const app = await startApp(store)
  for (const key of setUp) await app.press(key)
  const times: Took[] = []
  for (let turn = 0; turn < presses; turn++) {
    if (turn % readings === 0) {
      store.apply(secondOf(from + turn / readings))
      await app.paint()
    }
    await app.idle()
    // The keyboard is somebody else's: nothing of the turn before is left on the way.
    await new Promise((resolve) => setImmediate(resolve))
    times.push(await app.press(keys[turn % keys.length] ?? keys[0]))
  }
  app.close()
  return times
}

const reported = (name: string, times: readonly Took[]): readonly Measured[] => {
  const [wall, cpu] = [times.map((one) => one.wall), times.map((one) => one.cpu)]
  return [
    { name: `${name}, median of ${times.length}`, value: rounded(median(wall)), unit: 'ms' },
    { name: `${name}, p99`, value: rounded(percentile(wall, 0.99)), unit: 'ms', budget: 50 },
    { name: `${name}, CPU, median`, value: rounded(median(cpu)), unit: 'ms' },
    { name: `${name}, CPU, p99`, value: rounded(percentile(cpu, 0.99)), unit: 'ms' },
  ]
}

/** What it takes to draw fifty rows of 1,000 nodes, and from a key press to the bytes on the way to the terminal. */
export const benchInterface = async (): Promise<readonly Measured[]> => {
  const store = filledStore(60)
  const session = createSession({ screens, snapshot: store.snapshot, onEffect: () => undefined, now: () => 0 })
  const frames = drawn(store, session, 200)
  const down = await pressed(store, ['j'], [], 300)
  const sorted = await pressed(store, ['O'], ['\u001b[C'], 400)
  const typed = await pressed(store, ['9', '\u007f'], ['/', 'w', 'o', 'r', 'k'], 500)
  return [
    {
      name: 'frame of 50 rows of 1,000 nodes, new snapshot, median',
      value: rounded(median(frames.map(({ first }) => first))),
      unit: 'ms',
    },
    {
      name: 'frame of 50 rows of 1,000 nodes, same snapshot, median',
      value: rounded(median(frames.map(({ again }) => again))),
      unit: 'ms',
    },
    ...reported('key to paint, 1,000 nodes, down', down),
    ...reported('key to paint, 1,000 nodes, sort', sorted),
    ...reported('key to paint, 1,000 nodes, letter of a filter', typed),
  ]
}
