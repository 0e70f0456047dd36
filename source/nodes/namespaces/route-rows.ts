import type { Neighbour, Route, RoutingRule } from '../../events/looks.ts'
import { type Clean, clean, joinClean } from '../../text/clean.ts'
import { listAt, numberAt, type Row, rowAt, rowsAt, textAt } from './ip-json.ts'

type Family = Route['family']

const or = (text: Clean, other: string): Clean => (text === '' ? clean(other) : text)

/** A route of `ip -j route`: one for each of its next hops. What it leaves out is what `ip` does not print either. */
export const routesFrom = (row: Row, family: Family): readonly Route[] => {
  const destination = textAt(row, 'dst')
  if (destination === '') return []
  const metric = numberAt(row, 'metric')
  const hops = rowsAt(row, 'nexthops')
  return (hops.length === 0 ? [row] : hops).map((hop) => ({
    family,
    destination,
    // A hop of the other family stands in `via`.
    gateway: or(textAt(hop, 'gateway'), textAt(rowAt(hop, 'via'), 'host')),
    device: textAt(hop, 'dev'),
    source: textAt(row, 'prefsrc'),
    ...(metric === undefined ? {} : { metric }),
    protocol: textAt(row, 'protocol'),
    scope: textAt(row, 'scope'),
    kind: or(textAt(row, 'type'), 'unicast'),
    table: or(textAt(row, 'table'), 'main'),
  }))
}

const withLength = (row: Row, key: string, length: string): string => {
  const bits = numberAt(row, length)
  return bits === undefined ? textAt(row, key) : `${textAt(row, key)}/${bits}`
}

/** `sport 80`, `dport 1000-2000`, `uidrange 0-99`. */
const range = (row: Row, word: string, one: string, from: string, to: string): string => {
  if (one in row) return `${word} ${textAt(row, one)}`
  return from in row ? `${word} ${textAt(row, from)}-${textAt(row, to)}` : ''
}

const word = (row: Row, key: string, shown = key): string => (key in row ? `${shown} ${textAt(row, key)}` : '')

const selectorOf = (row: Row): Clean => {
  const mark = 'fwmask' in row ? `${textAt(row, 'fwmark')}/${textAt(row, 'fwmask')}` : textAt(row, 'fwmark')
  const parts = [
    'not' in row ? 'not' : '',
    `from ${withLength(row, 'src', 'srclen')}`,
    'dst' in row ? `to ${withLength(row, 'dst', 'dstlen')}` : '',
    word(row, 'tos'),
    word(row, 'dsfield'),
    mark === '' ? '' : `fwmark ${mark}`,
    word(row, 'iif'),
    word(row, 'oif'),
    range(row, 'uidrange', '', 'uid_start', 'uid_end'),
    word(row, 'ipproto'),
    range(row, 'sport', 'sport', 'sport_start', 'sport_end'),
    range(row, 'dport', 'dport', 'dport_start', 'dport_end'),
    word(row, 'tun_id'),
  ]
  return joinClean(
    parts.filter((part) => part !== '').map((part) => clean(part)),
    ' ',
  )
}

const actionOf = (row: Row): Clean => {
  const parts = [
    'l3mdev' in row ? 'lookup [l3mdev-table]' : '',
    word(row, 'table', 'lookup'),
    word(row, 'suppress_prefixlen', 'suppress_prefixlength'),
    word(row, 'sup_group', 'suppress_ifgroup'),
    word(row, 'goto'),
    'nop' in row ? 'nop' : '',
    // Where there is a word for it, such as `blackhole`.
    textAt(row, 'action'),
  ]
  return joinClean(
    parts.filter((part) => part !== '').map((part) => clean(part)),
    ' ',
  )
}

/** A rule of `ip -j rule`. */
export const ruleFrom = (row: Row, family: Family): readonly RoutingRule[] => {
  const priority = numberAt(row, 'priority')
  return priority === undefined ? [] : [{ family, priority, selector: selectorOf(row), action: actionOf(row) }]
}

/** A neighbour of `ip -j neigh`. */
export const neighbourFrom = (row: Row): readonly Neighbour[] => {
  const address = textAt(row, 'dst')
  const state = listAt(row, 'state').map((each) => clean(String(each)))
  return address === ''
    ? []
    : [{ address, device: textAt(row, 'dev'), mac: textAt(row, 'lladdr'), state: joinClean(state, ' ') }]
}

/** What the objects of a batch are is told by what they hold: a command that failed wrote no list at all. */
export const isRule = (row: Row): boolean => 'priority' in row
export const isNeighbour = (row: Row): boolean => !isRule(row) && 'dst' in row && Array.isArray(row['state'])
