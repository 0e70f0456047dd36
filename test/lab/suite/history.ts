import { runInTerminal } from '../../terminal-e2e/kntop.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'
import { flagsFor, program } from './kntop.ts'

/** Charts stand two by two on it. */
const size = { columns: 200, rows: 60 } as const

/** What a line is drawn with; levels are dashed. */
const stroke = /[─│╭╮╰╯]/

/** The chart of this title among those on the left: the text right of its axis, a row each; none while it is not drawn. */
const rowsOf = (shown: readonly string[], title: string): readonly string[] => {
  const left = shown.map((line) => line.slice(1, size.columns / 2))
  // The chosen one has a mark in front.
  const from = left.findIndex((line) => line.replace(/^[ ▌]+/, '').startsWith(title)) + 1
  if (from === 0) return []
  const below = left.slice(from)
  const end = below.findIndex((line) => line.includes('now'))
  return below.slice(0, end).map((line) => line.slice(line.search(/[┤│]/) + 1))
}

/** How high a chart's line stands in each column that has one, from left to right: 0 its lowest row, 1 its highest. */
const heightsOf = (rows: readonly string[]): readonly number[] =>
  Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) =>
    rows.findIndex((row) => stroke.test(row[column] ?? '')),
  ).flatMap((row) => (row < 0 ? [] : [1 - row / (rows.length - 1)]))

/** kntop on a terminal until the test ends, with a node's page open: its chart of this title over the last minute. */
export const watchChart = async (
  lab: Lab,
  node: LabNode,
  title: string,
  more: readonly string[] = [],
): Promise<() => readonly number[]> => {
  const at = runInTerminal([program, ...flagsFor(lab), ...more], size)
  await at.sees(new RegExp(`${lab.nodes.length}/${lab.nodes.length} live`))
  at.pty.write(`/${node.name}\r`)
  await at.sees(`</${node.name}>`)
  at.pty.write('\r')
  await at.sees(`node(${node.name})`)
  at.pty.write('\t1')
  await at.sees(title)
  return () => heightsOf(rowsOf(at.emulator.text(), title))
}

/** Those of some heights that a line does not reach, one after the other from left to right. */
export const notReached = (
  line: readonly number[],
  heights: readonly number[],
  tolerance: number,
): readonly number[] => {
  let from = 0
  return heights.filter((height) => {
    const found = line.findIndex((one, column) => column >= from && Math.abs(one - height) <= tolerance)
    if (found >= 0) from = found + 1
    return found < 0
  })
}
