import type { StackLook } from '../../../events/looks.ts'
import { segment } from '../../../interface/lines.ts'
import type { Style } from '../../../text/colour.ts'
import { formatValue } from '../../../text/units.ts'
import { figures, listOf, words } from '../list.ts'
import { type Counted, countedOf, isBadNow, rankOf } from '../stack-order.ts'
import { type Fact, tab } from '../tab.ts'

const styleOf = (one: Counted): Style => {
  const { counter, meaning } = one
  if (isBadNow(one)) return 'warning'
  return meaning.weight !== 'plain' && (counter.perSecond ?? 0) > 0 ? 'note' : 'plain'
}

const wordsOf = ({ counter: { name, value, perSecond }, meaning }: Counted): readonly string[] => [
  name,
  perSecond === undefined ? `${value}` : `${formatValue(perSecond, '/s')}, ${value} in all`,
  meaning.text,
]

const name = words<Counted>({ id: 'counter', heading: 'COUNTER', width: 24, most: 32, priority: 0 }, (one) =>
  segment(one.counter.name, styleOf(one)),
)
const group = words<Counted>({ id: 'group', heading: 'GROUP', width: 12, priority: 3 }, ({ meaning }) => meaning.group)
const meaning = words<Counted>(
  { id: 'meaning', heading: 'MEANING', width: 30, most: 130, priority: 2 },
  ({ meaning: { text } }) => text,
  'end',
)

const counters = listOf<StackLook, Counted>({
  title: 'counters',
  items: ({ counters: all }) => all.filter(({ value }) => value > 0).map(countedOf),
  idOf: ({ counter }) => counter.name,
  columns: [
    name,
    figures(
      { id: 'rate', heading: 'RATE', width: 7, priority: 0, unit: '/s' },
      ({ counter }) => counter.perSecond,
      (_, one) => styleOf(one),
    ),
    figures({ id: 'total', heading: 'TOTAL', width: 6, priority: 1, unit: 'count' }, ({ counter }) => counter.value),
    group,
    meaning,
  ],
  rank: rankOf,
  words: wordsOf,
  empty: 'no counter has moved since this namespace was made',
})

/** That a counter is 0 is an answer too. */
const zeros = listOf<StackLook, Counted>({
  title: 'at 0',
  items: ({ counters: all }) => all.filter(({ value }) => value === 0).map(countedOf),
  idOf: ({ counter }) => counter.name,
  columns: [name, group, meaning],
  rank: rankOf,
  words: wordsOf,
  empty: 'every counter has moved',
})

/** How many names are told in a line. */
const mostNamed = 4

const troubleFact = (all: readonly Counted[], seconds: number | undefined, isPrinted: boolean | undefined): Fact => {
  if (seconds === undefined)
    return {
      label: 'Now',
      text: `${isPrinted ? 'no rates: they take two looks, as on the screen' : 'rates come with the second look'}: what was counted before says nothing of now`,
      style: 'note',
    }
  const moving = all.filter(isBadNow).toSorted((one, other) => rankOf(one) - rankOf(other))
  const during = formatValue(Math.round(seconds), 's')
  if (moving.length === 0) return { label: 'Now', text: `none that tells of trouble moved in ${during}`, style: 'ok' }
  const named = moving
    .slice(0, mostNamed)
    .map(({ counter }) => `${counter.name} ${formatValue(counter.perSecond ?? 0, '/s')}`)
  const more = moving.length > mostNamed ? ` and ${moving.length - mostNamed} more` : ''
  return { label: 'Now', text: `${named.join(', ')}${more}, over ${during}`, style: 'warning' }
}

/** Of all that was put on the wire, as `tcp.retransmit_share` has it: segments sent for the first time do not count repeats. */
const shareOf = (again: number, sent: number): string => formatValue((100 * again) / (sent + again), '%')

/** What share of segments had to be sent again, now and since the namespace was made. */
const shareFact = ({ counters: all }: StackLook): readonly Fact[] => {
  const find = (name: string) => all.find((one) => one.name === name)
  const [again, sent] = [find('TcpRetransSegs'), find('TcpOutSegs')]
  if (again === undefined || sent === undefined || sent.value + again.value === 0) return []
  const ever = `${shareOf(again.value, sent.value)} since it was made`
  const { perSecond = Number.NaN } = sent
  const { perSecond: perSecondAgain = Number.NaN } = again
  if (!(perSecond + perSecondAgain > 0)) return [{ label: 'Sent again', text: ever }]
  return [{ label: 'Sent again', text: `${shareOf(perSecondAgain, perSecond)} of its segments now, ${ever}` }]
}

/** What the protocols of a namespace count, as rates, with what each counter means. */
export const stackTab = tab<StackLook>({
  name: 'stack',
  purpose: 'counters of IP, TCP, UDP and ICMP of a pod or a host, with meanings',
  facts: (look, { isPrinted }) => [
    troubleFact(look.counters.map(countedOf), look.seconds, isPrinted),
    ...shareFact(look),
  ],
  lists: [counters, zeros],
})
