import type { ServiceId } from '../../events/names.ts'
import { segment } from '../../interface/lines.ts'
import { perSnapshot } from '../../interface/per-snapshot.ts'
import type { Column, RowId } from '../../interface/table/column.ts'
import type { Theme } from '../../interface/theme.ts'
import { bandAt } from '../../metrics/bands.ts'
import type { Band } from '../../metrics/metric.ts'
import { areAllKnown, serviceSocketsOf } from '../../store/service-sockets.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { figuresOf, noSockets, type SocketFigures } from '../../store/socket-figures.ts'
import { clean, joinClean } from '../../text/clean.ts'
import type { Segment } from '../../text/colour.ts'
import { formatCell, type Unit } from '../../text/units.ts'
import { widthOf } from '../../text/width.ts'

/** Figures of the sockets behind a row; undefined: nobody reads any, so that nothing is known. */
export type FiguresAt = (snapshot: Snapshot, row: RowId) => SocketFigures | undefined

const worked = perSnapshot((): Map<ServiceId, SocketFigures> => new Map())

/** Figures of the clients' sockets to a service; undefined where none is told of, and some may not have been told. */
export const serviceFigures = (snapshot: Snapshot, service: ServiceId): SocketFigures | undefined => {
  const sockets = serviceSocketsOf(snapshot)
  const before = worked(snapshot).get(service)
  if (before !== undefined) return before
  const clients = (sockets.byService.get(service) ?? []).filter(({ group }) => group.role === 'client')
  if (clients.length === 0) return areAllKnown(sockets) ? noSockets : undefined
  const figures = figuresOf(clients)
  worked(snapshot).set(service, figures)
  return figures
}

/** The band of a median by the levels of a node's, of which this is a part: of a moment, with no hysteresis. */
const bandOf = (snapshot: Snapshot, { p50 }: SocketFigures): Band => bandAt(snapshot.levels('rtt.p50'), p50)

const marked = (band: Band, value: number, width: number, theme: Theme): Segment => {
  const symbol = band === 'ok' ? clean('') : theme.glyphs.standing[band]
  return {
    text: joinClean([symbol, formatCell(value, 'ms', Math.max(1, width - widthOf(symbol)))]),
    style: band === 'ok' ? 'plain' : band,
  }
}

/** What stands where a percentile would need more observations. */
const maximumMark = 'max'

const absent = (figures: SocketFigures | undefined): Segment => segment(figures === undefined ? '?' : '-', 'missing')

type CellOf = (figures: SocketFigures, value: number, snapshot: Snapshot, width: number, theme: Theme) => Segment

const column = (
  shape: Pick<Column, 'id' | 'heading' | 'width' | 'priority'>,
  figuresAt: FiguresAt,
  valueOf: (figures: SocketFigures) => number,
  cellOf: CellOf,
): Column => ({
  ...shape,
  align: 'right',
  cell: (snapshot, row, width, theme) => {
    const figures = figuresAt(snapshot, row)
    const value = figures === undefined ? Number.NaN : valueOf(figures)
    return figures === undefined || Number.isNaN(value)
      ? absent(figures)
      : cellOf(figures, value, snapshot, width, theme)
  },
  sortKey: (snapshot, row) => {
    const figures = figuresAt(snapshot, row)
    return figures === undefined ? undefined : valueOf(figures)
  },
})

/** A sum, marked where sockets that were not read may add to it. */
const sumCell =
  (unit: Unit, isLeast: (snapshot: Snapshot) => boolean): CellOf =>
  (_figures, value, snapshot, width, { glyphs }) => ({
    text: isLeast(snapshot)
      ? joinClean([glyphs.least, formatCell(value, unit, width - widthOf(glyphs.least))])
      : formatCell(value, unit, width),
    style: 'plain',
  })

/**
 * The columns of the fourth signal: the median first to stay, from the given priority on. `isLeast`: sockets may be behind a row
 * that nobody reads.
 */
export const roundTripColumns = (
  figuresAt: FiguresAt,
  priority: number,
  more: number,
  isLeast: (snapshot: Snapshot) => boolean = () => false,
): readonly Column[] => [
  column(
    { id: 'rtt.p50', heading: 'RTT50', width: 7, priority },
    figuresAt,
    ({ p50 }) => p50,
    (figures, value, snapshot, width, theme) => marked(bandOf(snapshot, figures), value, width, theme),
  ),
  column(
    { id: 'rtt.p99', heading: 'RTT99', width: 8, priority: more + 2 },
    figuresAt,
    ({ p99, max }) => (Number.isNaN(p99) ? max : p99),
    ({ p99 }, value, _, width) =>
      Number.isNaN(p99)
        ? {
            text: joinClean([clean(maximumMark), formatCell(value, 'ms', width - maximumMark.length)]),
            style: 'dim',
          }
        : { text: formatCell(value, 'ms', width), style: 'plain' },
  ),
  column(
    { id: 'rtt.min', heading: 'RTTMIN', width: 7, priority: more + 3 },
    figuresAt,
    ({ least }) => least,
    (_figures, value, _snapshot, width) => ({ text: formatCell(value, 'ms', width), style: 'plain' }),
  ),
  column(
    { id: 'again', heading: 'RETR/s', width: 6, priority: more },
    figuresAt,
    ({ again }) => again,
    sumCell('/s', isLeast),
  ),
  column(
    { id: 'sockets', heading: 'SOCKETS', width: 7, priority: more + 1 },
    figuresAt,
    ({ sockets }) => sockets,
    sumCell('count', isLeast),
  ),
]
