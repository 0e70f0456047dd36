import type { LinkState } from '../../events/link.ts'
import type { Theme } from '../../interface/theme.ts'
import type { NodeView } from '../../store/snapshot.ts'
import { type Clean, clean, joinClean } from '../../text/clean.ts'
import type { Segment, Style } from '../../text/colour.ts'

/** Link states from the worst on: what needs a person, what comes back by itself, what is fine. */
const order: readonly LinkState[] = ['denied', 'lost', 'no-data', 'backing-off', 'not-asked', 'connecting', 'live']

/** The place of a node's link, the worst first; one that lives but not well stands before those that do. */
export const rankOf = ({ link }: NodeView): number => {
  const place = link === undefined ? order.indexOf('connecting') : order.indexOf(link.state)
  return link?.state === 'live' && link.remark === undefined ? order.length : place
}

const styles: Readonly<Record<LinkState, Style>> = {
  denied: 'critical',
  lost: 'critical',
  'no-data': 'critical',
  'backing-off': 'critical',
  'not-asked': 'note',
  connecting: 'note',
  live: 'ok',
}

const symbolOf = (state: LinkState, { glyphs }: Theme): Clean => {
  if (state === 'live') return glyphs.bullet
  return state === 'connecting' || state === 'not-asked' ? glyphs.standing.note : glyphs.standing.critical
}

/** A link's state by symbol, word and colour. */
export const stateCell = ({ link }: NodeView, theme: Theme): Segment =>
  link === undefined
    ? { text: theme.glyphs.standing.missing, style: 'missing' }
    : { text: joinClean([symbolOf(link.state, theme), clean(link.state)], ' '), style: styles[link.state] }

/** Why a node is not live, or what is odd while it is. */
export const causeSegment = ({ link }: NodeView): Segment => {
  if (link === undefined) return { text: clean('nothing was heard of it yet'), style: 'missing' }
  const { state, cause, remark } = link
  const parts = [cause, ...(remark === undefined ? [] : [remark])].filter((part) => part !== '')
  const style = remark === undefined ? 'plain' : 'warning'
  return { text: joinClean(parts, '; '), style: state === 'live' ? style : 'plain' }
}
