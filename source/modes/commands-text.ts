import type { Entry, ReadOnNode, RunOnNode } from '../nodes/inventory-entry.ts'
import { clean } from '../text/clean.ts'
import { wrap } from '../text/width.ts'

const width = 80
const indent = 10

const heading = [
  'Everything that kntop may run on a node, by probe and tier. Nothing is installed',
  'there, and nothing written but by disk-probe. The whole scripts: --output json.',
]

const asUser = 'What runs as root with --sudo commands: --output sudoers.'

const asRoot = (engine: string): string =>
  `With --sudo root all of it runs as root, under ${engine}, which is EQUAL TO ROOT: only identity and the question to sudo itself come before, as the user that logs in. What sudo must permit for it: --output sudoers --sudo root.`

const headingFor = (entries: readonly Entry[]): readonly string[] => {
  const engine = entries.flatMap(({ runs }) => runs.flatMap(({ under }) => under ?? []))[0]
  return [...heading, ...wrap(clean(engine === undefined ? asUser : asRoot(engine), 500), width)]
}

/** A label, and beside it a text, wrapped. */
const labelled = (label: string, text: string): readonly string[] =>
  wrap(clean(text, 20_000), width - indent).map((line, index) =>
    `${index === 0 ? `  ${label}`.padEnd(indent) : ' '.repeat(indent)}${line}`.trimEnd(),
  )

const when = (entry: Entry): string => {
  if (entry.kind === 'sampler') return 'always'
  if (entry.kind === 'identity' || entry.kind === 'sudo') return 'as a connection opens'
  if (entry.kind === 'shell') return 'begins everything else'
  if (entry.kind === 'files') return 'reads what the sampler sends'
  if (entry.kind === 'opt-in') return `only when asked for: --with ${entry.optIn}`
  if (entry.kind === 'look')
    return entry.every === null ? 'when somebody looks' : `every ${entry.every} s, while somebody looks`
  return `every ${entry.every} s, while no better tier gives its figures`
}

const needs: Readonly<Record<RunOnNode['needs'], string>> = {
  nothing: '',
  root: 'as root: ',
  capture: 'as root, or with CAP_NET_RAW: ',
  sudo: 'with --sudo commands: ',
}

const prefixOf = ({ needs: needed, under }: RunOnNode): string => (under === null ? needs[needed] : `${under}: `)

const readLines = (reads: readonly ReadOnNode[]): readonly string[] =>
  [...new Set(reads.map(({ every }) => every))].flatMap((every, index) => {
    const files = reads.filter((read) => read.every === every).map(({ file }) => file)
    return labelled(index === 0 ? 'reads' : '', `every ${every} s: ${files.join(', ')}`)
  })

const ending = (kind: Entry['kind'], lease: number): string =>
  `at once when kntop ends, and ${lease} s after ${kind === 'opt-in' ? 'its start, when a successor takes over' : 'kntop fell silent'}`

/** What the runs are as they stand, each once. */
const wholeOf = ({ runs }: Entry): readonly string[] => [...new Set(runs.flatMap(({ whole }) => whole))]

const entryLines = (entry: Entry): readonly string[] => [
  '',
  ...wrap(clean(`${entry.probe}, ${entry.tier}: ${when(entry)}`), width),
  ...entry.runs.flatMap((run, index) => labelled(index === 0 ? 'runs' : '', `${prefixOf(run)}${run.command}`)),
  ...wholeOf(entry).flatMap((command, index) => labelled(index === 0 ? 'whole' : '', command)),
  ...readLines(entry.reads),
  ...(entry.kind === 'files' ? [] : labelled('costs', entry.cost)),
  ...(entry.lease === null ? [] : labelled('ends', ending(entry.kind, entry.lease))),
  ...(entry.note === null ? [] : labelled('note', entry.note)),
]

/** What may run on a node, for reading, 80 columns wide. */
export const commandsText = (entries: readonly Entry[]): string =>
  `${[...headingFor(entries), ...entries.flatMap(entryLines)].join('\n')}\n`
