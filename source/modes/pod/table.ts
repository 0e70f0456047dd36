import { isoTime } from '../../export/number.ts'
import { type PodAnswer, type PodReport, reportedAt } from '../../export/pod.ts'
import { drawTable } from '../../interface/table/table.ts'
import { emptyTable } from '../../interface/table/table-state.ts'
import { createTheme } from '../../interface/theme.ts'
import { factLines } from '../../screens/pod/body.ts'
import type { List } from '../../screens/pod/list.ts'
import { footingWords, hostWords } from '../../screens/pod/standing.ts'
import { stateOf, type View, viewOf } from '../../screens/pod/state.ts'
import { tabCalled } from '../../screens/pod/tabs.ts'
import type { Target } from '../../screens/pod/target.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import { clean } from '../../text/clean.ts'
import { lineText, unpainted } from '../../text/colour.ts'
import { wrap } from '../../text/width.ts'

const least = 80

/** Cells where nobody says how many there are: lists have all of their columns in it, and names are whole. */
const usual = 240

const plain = createTheme('none', 'block')

const listLines = (
  snapshot: Snapshot,
  { title, count, table }: List,
  isOnly: boolean,
  width: number,
): readonly string[] => {
  const size = { columns: width, rows: Math.max(1, count) + 1 }
  const drawn = drawTable(table, snapshot, emptyTable, size, plain).map(unpainted)
  return ['', ...(isOnly ? [] : [`${title} ${count}`]), ...drawn]
}

const seenLines = (
  snapshot: Snapshot,
  target: Target,
  { look, at }: Extract<PodAnswer, { look: unknown }>,
  width: number,
): readonly string[] => {
  const tab = tabCalled(look.tab)
  if (tab === undefined) return []
  const lists = tab.lists(look, false, { snapshot, target })
  const opened = stateOf(
    target.kind === 'pod'
      ? { tab: tab.name, pod: target.record.id, record: target.record }
      : { tab: tab.name, ...(target.kind === 'host' ? { node: target.node } : {}) },
  )
  // As the screen would show it, had it asked.
  const sight: View['sight'] = { state: 'live', look, at }
  const view: View = { ...viewOf(snapshot, opened), target, tab, sight, lists, isPrinted: true }
  return [
    ...factLines(snapshot, view, width).map(lineText),
    ...lists.flatMap((list) => listLines(snapshot, list, lists.length === 1, width)),
  ]
}

const headLines = (snapshot: Snapshot, target: Target, report: PodReport, width: number): readonly string[] => {
  const { pod, node, tabs } = report
  const [first] = tabs.flatMap(({ answer }) => ('look' in answer ? [answer.look] : []))
  const whose = pod === undefined ? `host ${node ?? ''}` : `pod ${pod.id}${node === undefined ? '' : ` on ${node}`}`
  const host = first === undefined ? undefined : hostWords(target, first)
  return [
    `kntop ${isoTime(reportedAt(snapshot, report)) ?? ''}`,
    ...wrap(clean(first === undefined ? whose : `${whose}: ${footingWords(target, first)}`), width),
    ...(host === undefined ? [] : wrap(clean(host), width)),
  ]
}

/** The same for reading, as the tabs show it: plain text without colour, no line wider than `width` cells, or 80 if that is more. */
export const podTable = (snapshot: Snapshot, target: Target, report: PodReport, width = usual): string => {
  const cells = Math.max(least, width)
  const tabs = report.tabs.flatMap(({ tab, answer }) => [
    '',
    `== ${tab}`,
    ...('missing' in answer
      ? wrap(clean(`${answer.missing}: ${answer.cause}`, 2000), cells)
      : seenLines(snapshot, target, answer, cells)),
  ])
  return `${[...headLines(snapshot, target, report, cells), ...tabs].map((line) => line.trimEnd()).join('\n')}\n`
}
