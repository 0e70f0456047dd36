import * as fc from 'fast-check'
import type { Event } from '../../source/events/event.ts'
import type { LinkState } from '../../source/events/link.ts'
import type { Missing } from '../../source/events/origin.ts'
import type { NodeName } from '../../source/events/subject.ts'
import type { Size } from '../../source/interface/screen.ts'
import { catalogue } from '../../source/metrics/catalogue.ts'
import type { Snapshot } from '../../source/store/snapshot.ts'
import { createStore } from '../../source/store/store.ts'
import { type Clean, clean } from '../../source/text/clean.ts'
import type { ColourDepth, Segment, Style } from '../../source/text/colour.ts'
import type { GlyphLevel } from '../../source/text/glyphs.ts'
import { lookups, optIn, reading } from '../scenarios/cluster.ts'
import { anyFigure, outsideText } from '../text/arbitraries.ts'
import { clusterEvents } from './cluster-arbitraries.ts'

export const cleanText = (): fc.Arbitrary<Clean> => outsideText().map((text) => clean(text))

const styles: readonly Style[] = ['plain', 'title', 'dim', 'critical', 'cursor', 'key']

export const segments = (): fc.Arbitrary<readonly Segment[]> =>
  fc.array(fc.record({ text: cleanText(), style: fc.constantFrom(...styles) }), { maxLength: 6 })

/** Terminals from one cell to more than anybody has. */
export const terminalSize = (): fc.Arbitrary<Size> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ columns: fc.integer({ min: 1, max: 250 }), rows: fc.integer({ min: 1, max: 80 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ columns: fc.integer({ min: 36, max: 100 }), rows: fc.integer({ min: 8, max: 30 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ columns: 80, rows: 24 }, { columns: 40, rows: 10 }, { columns: 1, rows: 1 }),
    },
  )

export const colourDepth = (): fc.Arbitrary<ColourDepth> => fc.constantFrom('none', '16', '256', 'truecolor')
export const glyphLevel = (): fc.Arbitrary<GlyphLevel> => fc.constantFrom('ascii', 'block', 'braille')

/** Names as nodes have them, and as no node should: names are checked where they enter, and here it must not matter. */
const anyNode = (): fc.Arbitrary<NodeName> =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }).map((number) => `worker-${number}`) },
      { weight: 2, arbitrary: fc.stringMatching(/^[a-z0-9][-a-z0-9.]{0,60}[a-z0-9]$/) },
      { weight: 1, arbitrary: fc.constantFrom('漢字-1', `n${'o'.repeat(250)}de`, 'e\u0301-2', '👩‍👩‍👧', 'x') },
    )
    .map((name) => name as NodeName)

const states: readonly LinkState[] = ['connecting', 'live', 'no-data', 'lost', 'denied', 'backing-off']
const reasons: readonly Missing[] = [
  'denied',
  'no-tool',
  'no-kernel',
  'not-asked',
  'not-applicable',
  'no-data',
  'lost',
  'not-recorded',
]
const metric = () => fc.constantFrom(...catalogue.map(({ id }) => id))

const eventsOf = (node: NodeName): fc.Arbitrary<readonly Event[]> => {
  const one = fc.oneof(
    fc.record({
      type: fc.constant('link' as const),
      subject: fc.constant({ node }),
      at: fc.integer({ min: 0, max: 1e6 }),
      link: fc.record(
        {
          transport: fc.constantFrom('local', 'ssh', 'openssh'),
          state: fc.constantFrom(...states),
          cause: cleanText(),
          route: cleanText(),
          remark: cleanText(),
          lease: fc.nat(),
          logins: fc.nat(),
          until: fc.integer({ min: 0, max: 2e6 }),
        },
        { requiredKeys: ['transport', 'state', 'cause'] },
      ),
    }),
    fc.record({
      type: fc.constant('request' as const),
      request: fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        kind: fc.constantFrom('passphrase', 'login', 'host-keys', 'consent'),
        title: cleanText(),
        lines: fc.array(cleanText(), { maxLength: 40 }),
        answer: fc.constantFrom('secret', 'text', 'yes-no'),
      }),
    }),
    fc.record({
      type: fc.constant('fact' as const),
      subject: fc.constant({ node }),
      fact: fc.constant('kernel.release' as const),
      value: cleanText(),
    }),
    fc.record({
      type: fc.constant('origin' as const),
      subject: fc.constant({ node }),
      metric: metric(),
      origin: fc.oneof(
        fc.record({ missing: fc.constantFrom(...reasons), advice: cleanText() }),
        fc.record({ tier: cleanText(), scope: fc.constantFrom('host', 'machine') }),
      ),
    }),
    fc.record({
      type: fc.constant('sample' as const),
      subject: fc.constant({ node }),
      at: fc.integer({ min: 0, max: 1e6 }),
      metrics: metric().map((id) => [id]),
      values: anyFigure().map((value) => Float64Array.of(value)),
      bounds: fc.constantFrom(-1, 0, 1).map((bound) => Int8Array.of(bound)),
      observations: fc.constant(Float64Array.of(900)),
    }),
    fc
      .tuple(fc.constantFrom('disk-probe', 'dns-capture'), cleanText(), cleanText())
      .map(([name, command, detail]) => optIn(node, { name, command, detail })),
    fc.dictionary(cleanText(), fc.nat(), { maxKeys: 30 }).map((names) => lookups(node, 10, names)[0] as Event),
    fc.constant(reading(node, 900)),
  ) as fc.Arbitrary<Event>
  return fc.array(one, { maxLength: 25 })
}

/** Anything that a store may come to hold. */
export const anySnapshot = (): fc.Arbitrary<Snapshot> =>
  fc
    .uniqueArray(anyNode(), { maxLength: 8 })
    .chain((nodes) =>
      fc.tuple(
        fc.tuple(clusterEvents(nodes), ...nodes.map(eventsOf)).map((events): readonly Event[] => events.flat()),
        fc.integer({ min: 0, max: 2e6 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.option(fc.record({ cpu: anyFigure(), memory: anyFigure() }), { nil: undefined }),
      ),
    )
    .map(([events, at, late, self]) => {
      const store = createStore({ historyBytes: 4 * 2 ** 20 })
      store.apply(events)
      store.apply([{ type: 'clock', at, wall: 1.77e12 + at, late }])
      if (self !== undefined) store.apply([{ type: 'self', ...self }])
      return store.snapshot()
    })
