import { expect } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Inquiry } from '../../source/events/inquiry.ts'
import type { LinkState } from '../../source/events/link.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { drawFrame } from '../../source/interface/frame.ts'
import type { Outward } from '../../source/interface/moment.ts'
import type { Size } from '../../source/interface/screen.ts'
import { createSession } from '../../source/interface/session.ts'
import { createTheme } from '../../source/interface/theme.ts'
import { screens } from '../../source/screens/screens.ts'
import { createStore, type StoreSettings } from '../../source/store/store.ts'
import { clean } from '../../source/text/clean.ts'
import { type Painted, type Painter, row, unpainted } from '../../source/text/colour.ts'
import type { GlyphLevel } from '../../source/text/glyphs.ts'
import { arrival, clock, type Figures, link, nodeNames, reading } from './cluster.ts'

/** A person before the screen, and the nodes behind it. Nothing is drawn on a terminal and no time passes. */
export interface Driver {
  /** Lets so many seconds pass, a reading of each node that is live in each of them. */
  wait(seconds: number): void
  /** Lets so many seconds pass in which no node is heard; kntop itself may be late by so many milliseconds. */
  silence(seconds: number, late?: number): void
  /** From its next reading on a node has these figures. */
  has(node: string, figures: Figures): void
  /** A node's link changes; it gives readings only while it is live. */
  becomes(node: string, state: LinkState, cause?: string): void
  joins(node: string): void
  say(...events: readonly Event[]): void
  press(...keys: readonly string[]): void
  /** Presses a key until the screen shows a text, at most so many times; then it fails with what it shows. */
  pressUntil(key: string, text: string, most?: number): void
  /** Types a text letter by letter. */
  type(text: string): void
  paste(text: string): void
  /** Seconds of the interface's own clock, which goes on between two readings too. */
  pass(seconds: number): void
  resize(columns: number, rows: number): void
  /** The screen, without paint. */
  readonly screen: readonly string[]
  /** A line of the screen, from 1 on. */
  line(number: number): string
  /** What stands inside the border. */
  readonly body: readonly string[]
  readonly title: string
  /** The line with the cursor, inside the border. */
  readonly cursor: string
  /** The first words of the rows of the table, in order. */
  readonly order: readonly string[]
  /** The row that begins with this word. */
  row(word: string): string
  /** The cell below a heading in the row that begins with this word; both stand right-aligned. */
  cell(word: string, heading: string): string
  sees(...texts: readonly (string | RegExp)[]): void
  seesNot(...texts: readonly (string | RegExp)[]): void
  /** All that the interface holds, as text. */
  readonly held: string
  /** What the screen in front asks of nodes. */
  readonly asks: readonly Inquiry[]
  /** What the interface asked of the program since the last call. */
  effects(): readonly Outward[]
  /** What the screen in front asks of nodes. */
  readonly asked: readonly Inquiry[]
  readonly now: number
}

interface Setting {
  readonly nodes?: number | readonly string[]
  readonly terminal?: Size
  readonly glyphs?: GlyphLevel
  readonly store?: StoreSettings
}

const nothing = row()

/** Whether a line is that of the cursor: all of it in reverse video, which is the only paint without colour. */
const reversed = (line: Painted, paint: Painter): boolean => {
  const whole = unpainted(line)
  return line === row(clean(whole.slice(0, 2)), paint(clean(whole.slice(2, -2)), 'cursor'), clean(whole.slice(-2)))
}

export const open = ({
  nodes = 3,
  terminal = { columns: 80, rows: 24 },
  glyphs = 'block',
  store,
}: Setting = {}): Driver => {
  const theme = createTheme('none', glyphs)
  const model = createStore(store)
  const live = new Map<NodeName, Figures>()
  let second = 100
  let ahead = 0
  let size = terminal
  let effects: Outward[] = []

  const now = (): number => (second + ahead) * 1000
  const session = createSession({
    screens,
    snapshot: model.snapshot,
    now,
    onEffect: (effect) => effects.push(effect),
  })
  const draw = (): readonly Painted[] =>
    drawFrame(session.model(), model.snapshot(), size, { at: now(), dropped: 0 }, theme)
  const plain = (): readonly string[] => draw().map((line) => unpainted(line).trimEnd())
  const inside = (): readonly string[] => {
    const lines = plain()
    const top = lines.findIndex((line) => /^[┌+]/.test(line))
    const bottom = lines.findLastIndex((line) => /^[└+]/.test(line))
    return lines.slice(top + 1, bottom).map((line) => line.slice(2, -2).trimEnd())
  }
  const join = (node: NodeName): void => {
    live.set(node, {})
    model.apply([...arrival(node, second), reading(node, second)])
  }
  const cells = (): { readonly heading: string; readonly rows: readonly string[] } => {
    const lines = inside()
    const at = lines.findIndex((line) => /^(NODE|METRIC|OPT-IN|ABOUT|NAMESPACE|NAME)\b/.test(line))
    const below = lines.slice(at + 1)
    const end = below.findIndex((line) => line.trim() === '')
    return { heading: lines[at] ?? '', rows: below.slice(0, end < 0 ? undefined : end) }
  }

  const driver: Driver = {
    wait(seconds) {
      for (let passed = 0; passed < seconds; passed++) {
        second++
        model.apply(Array.from(live, ([node, figures]) => reading(node, second, figures)))
        model.apply([clock(second)])
      }
      ahead = 0
    },
    silence(seconds, late = 0) {
      second += seconds
      ahead = 0
      model.apply([clock(second, late)])
    },
    has: (node, figures) => live.set(node as NodeName, { ...live.get(node as NodeName), ...figures }),
    becomes(node, state, cause = 'connection reset') {
      model.apply([link(node as NodeName, second, state, cause), clock(second)])
      if (state === 'live') live.set(node as NodeName, {})
      else live.delete(node as NodeName)
    },
    joins: (node) => join(node as NodeName),
    say: (...events) => {
      model.apply([...events, clock(second)])
      session.refresh()
    },
    press: (...keys) => {
      for (const key of keys) session.press(key, size)
    },
    pressUntil(key, text, most = 60) {
      for (let presses = 0; !plain().join('\n').includes(text); presses++) {
        if (presses === most)
          throw new Error(`no "${text}" after pressing ${key} ${most} times:\n${plain().join('\n')}`)
        session.press(key, size)
      }
    },
    type: (text) => {
      for (const letter of text) session.press(letter === ' ' ? 'space' : letter, size)
    },
    paste: session.paste,
    pass: (seconds) => {
      ahead += seconds
    },
    resize: (columns, rows) => {
      size = { columns, rows }
    },
    get screen() {
      return plain()
    },
    line: (number) => plain()[number - 1] ?? '',
    get body() {
      return inside()
    },
    get title() {
      return plain().find((line) => /^[┌+]/.test(line)) ?? ''
    },
    get cursor() {
      return unpainted(draw().find((line) => reversed(line, theme.paint)) ?? nothing)
        .slice(2, -2)
        .trimEnd()
    },
    get order() {
      return cells().rows.map((line) => line.split(' ')[0] ?? '')
    },
    row: (word) => inside().find((line) => line.startsWith(`${word} `)) ?? '',
    cell(word, heading) {
      const end = ` ${cells().heading} `.indexOf(` ${heading} `) + heading.length
      if (end < heading.length) throw new Error(`no column ${heading} in ${cells().heading}`)
      return driver.row(word).slice(0, end).split(' ').at(-1) ?? ''
    },
    sees(...texts) {
      for (const text of texts) expect(plain().join('\n')).toMatch(text)
    },
    seesNot(...texts) {
      for (const text of texts) expect(plain().join('\n')).not.toMatch(text)
    },
    get held() {
      return JSON.stringify(session.model())
    },
    get asks() {
      return session.asks()
    },
    effects() {
      const all = effects
      effects = []
      return all
    },
    get asked() {
      return session.asks()
    },
    get now() {
      return second
    },
  }

  const names = typeof nodes === 'number' ? nodeNames(nodes) : (nodes as readonly NodeName[])
  for (const name of names) join(name)
  model.apply([clock(second)])
  driver.wait(1)
  return driver
}
