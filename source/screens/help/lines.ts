import { type Binding, generalBindings, readOnlyKeys, tableBindings } from '../../interface/binding.ts'
import { absences } from '../../interface/figure-cell.ts'
import { labelled, segment } from '../../interface/lines.ts'
import type { ScreenEntry } from '../../interface/screen.ts'
import { catalogue } from '../../metrics/catalogue.ts'
import { facts } from '../../metrics/facts.ts'
import { levelNames } from '../../metrics/metric.ts'
import type { Segment } from '../../text/colour.ts'
import type { Glyphs } from '../../text/glyphs.ts'

type Line = readonly Segment[]

const keyWidth = 22

const bindingLines = (bindings: readonly Binding[]): readonly Line[] =>
  bindings.map(({ keys, label }) => [segment(`${keys.join(' ')} `.padEnd(keyWidth), 'key'), segment(label)])

const pair = (name: string, text: string, width: number): readonly Line[] =>
  labelled(segment(name, 'key'), keyWidth, text, width)

const heading = (text: string): readonly Line[] => [[], [segment(text, 'title')]]

const symbols = (glyphs: Glyphs, width: number): readonly Line[] => [
  ...levelNames.map((band): Line => [segment(glyphs.standing[band].padEnd(keyWidth), band), segment(band)]),
  [segment(glyphs.standing.stale.padEnd(keyWidth), 'stale'), segment('stale: no newer reading came in time')],
  ...pair('< or >', 'the true value is below, or above, what is shown: no more can be told', width),
  ...pair('max', 'before a value: the maximum, in place of a percentile of too few observations', width),
  ...pair('+16', 'so many columns found no place: a wider terminal shows them, enter all of a node', width),
  ...pair(glyphs.ellipsis, 'a text is cut here: a wider terminal or x shows more', width),
  ...pair(`${glyphs.sort.ascending} or ${glyphs.sort.descending}`, 'rows are sorted by this column', width),
  ...pair(glyphs.chart.extent, 'in charts: from the least to the greatest value of that time', width),
  ...pair(glyphs.chart.threshold, 'in charts: from here on the figure is in that band', width),
  ...pair('ending, was 3.41k/s', 'all is well again, and the band stays a while, so that a burst is seen', width),
  ...pair('local 1, ssh 3', 'so many nodes are reached in that way', width),
  ...pair('api 5 watches', 'so many kinds of objects are told by the API server as they change', width),
  ...pair('12+', 'at least so many: not all namespaces may be read', width),
  ...pair('~yes', 'it was so when the API server last told of it', width),
  ...pair('kntop 0.4% 90MB', 'what kntop takes here: share of a core, memory', width),
  ...pair('kntop 257ms late', 'kntop itself was held up so long: ages count from when it looked', width),
]

/** The whole help, made from the tables that the program itself goes by. */
export const helpLines = (
  from: ScreenEntry | undefined,
  screens: readonly ScreenEntry[],
  glyphs: Glyphs,
  width: number,
): readonly Line[] => [
  ...labelled(segment(''), 0, from === undefined ? 'keys' : `keys of ${from.name}: ${from.purpose}`, width, 'title'),
  ...bindingLines(from?.bindings ?? []),
  ...heading('tables'),
  ...bindingLines(tableBindings),
  ...heading('everywhere'),
  ...bindingLines(generalBindings),
  [segment(readOnlyKeys.join(' ').padEnd(keyWidth), 'key'), segment('nothing: kntop is read-only')],
  ...heading('filters, after /'),
  ...pair('TEXT', 'rows in which TEXT stands: names, states, bands, words for what is missing; not figures', width),
  ...pair('!TEXT', 'rows in which it does not', width),
  ...heading('screens, after :'),
  ...screens.flatMap(({ name, aliases, purpose, shortcuts }) => [
    ...pair([name, ...aliases].join(' '), purpose, width),
    ...shortcuts.flatMap((shortcut) => pair(shortcut.word, shortcut.purpose, width)),
  ]),
  ...pair('q quit', 'leave kntop', width),
  ...heading('signs'),
  ...symbols(glyphs, width),
  ...heading('words where a figure is missing'),
  ...Object.entries(absences).flatMap(([missing, { short, meaning }]) => pair(short, `${missing}: ${meaning}`, width)),
  ...heading('columns'),
  ...catalogue.flatMap(({ column, title, meaning }) =>
    column === undefined ? [] : pair(column.heading, `${title}. ${meaning}`, width),
  ),
  ...facts.flatMap((fact) =>
    'column' in fact ? pair(fact.column.heading, `${fact.title}. ${fact.meaning}`, width) : [],
  ),
  ...pair(
    'AGE',
    'Time since the newest figure of the node; with a word, why there is none that is newer; with a sign, its link has a remark: see :links.',
    width,
  ),
  ...pair(
    'READY',
    'Whether the node is ready, by the API server; where that is unknown, since when its kubelet is silent.',
    width,
  ),
  ...pair('PODS', 'Pods on the node, those that have ended included.', width),
  ...pair('VERSION', 'The version of the kubelet.', width),
  ...pair('VIA', "How the node is reached: local, ssh, or openssh, which is the system's ssh.", width),
]
