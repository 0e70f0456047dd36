import type { Take } from './take.ts'

/** Reads a file of the node as text; undefined if it is not there. */
export type ReadFile = (path: string) => string | undefined

/** What a twin keeps between two reads, as awk does in its arrays. */
export interface TwinMemory {
  readonly previous: Map<string, number>
}

export const twinMemory = (): TwinMemory => ({ previous: new Map() })

export const linesOf = (text: string): readonly string[] => {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const wordsOf = (line: string): readonly string[] => line.split(/[ \t]+/).filter((word) => word !== '')

const pick = (line: string, fields: readonly number[] | undefined): string => {
  if (fields === undefined) return line
  const words = wordsOf(line)
  return fields.map((field) => words[field - 1] ?? '-').join(' ')
}

const selected = (lines: readonly string[], take: Take & { kind: 'lines' }): readonly string[] =>
  lines
    .filter((line) => {
      if (take.first === undefined && take.without === undefined) return true
      const word = wordsOf(line)[(take.field ?? 1) - 1] ?? ''
      if (take.without !== undefined) return !take.without.some((prefix) => word.startsWith(prefix))
      return take.first?.includes(word) ?? true
    })
    .map((line) => pick(line, take.fields))

export const rows = (lines: readonly string[], take: Take & { kind: 'rows' }): readonly string[] =>
  take.begin.flatMap((begin) => {
    const line = lines.find((text) => text.startsWith(`${begin} `))
    return line === undefined ? [] : [pick(line, take.fields)]
  })

export const named = (lines: readonly string[], names: readonly string[]): readonly string[] => {
  const byRow = Map.groupBy(names, (name) => name.slice(0, name.indexOf(':') + 1))
  return [...byRow].flatMap(([row, wanted]) => {
    const first = lines.findIndex((line) => line.startsWith(row))
    const below = lines[first + 1]
    if (first < 0 || below === undefined || !below.startsWith(row)) return []
    const [header, values] = [wordsOf(lines[first] ?? ''), wordsOf(below)]
    return wanted.flatMap((name) => {
      const position = header.indexOf(name.slice(row.length), 1)
      const value = values[position]
      return position < 1 || value === undefined ? [] : [`${name} ${value}`]
    })
  })
}

/** NaN for what is no hexadecimal number of at most 64 bits; digit by digit, so that it rounds as awk does. */
const hexadecimal = (word: string): number => {
  if (!/^[0-9a-f]{1,16}$/i.test(word)) return Number.NaN
  let value = 0
  for (const digit of word) value = value * 16 + Number.parseInt(digit, 16)
  return value
}

/** All digits, where `String` would turn to exponents. */
const digits = (value: number): string => (Number.isNaN(value) ? '?' : BigInt(value).toString())

const hexSums = (lines: readonly string[], take: Take & { kind: 'hex' }): string => {
  const header = take.header ? wordsOf(lines[0] ?? '') : undefined
  const data = lines.slice(take.header ? 1 : 0)
  const position = (column: string): number => (header === undefined ? Number(column) - 1 : header.indexOf(column))
  const cell = (line: string, column: string): number | undefined => {
    const word = wordsOf(line)[position(column)]
    return word === undefined ? undefined : hexadecimal(word)
  }
  const add = (column: string): string => {
    const cells = data.map((line) => cell(line, column)).filter((value) => value !== undefined)
    return cells.length === 0 ? '-' : digits(cells.reduce((sum, value) => sum + value, 0))
  }
  const firstOf = (column: string): string => {
    const value = cell(data[0] ?? '', column)
    return value === undefined ? '-' : digits(value)
  }
  return [...take.sum.map(add), ...(take.first ?? []).map(firstOf)].join(' ')
}

const busiest = (lines: readonly string[], fields: readonly number[], memory: TwinMemory): string => {
  const most: (number | undefined)[] = fields.map(() => undefined)
  for (const line of lines) {
    if (!/^cpu\d/.test(line)) continue
    const words = wordsOf(line)
    fields.forEach((field, index) => {
      const key = `${words[0]} ${field}`
      const word = words[field - 1] ?? ''
      if (!/^\d+$/.test(word)) return
      const value = Number(word)
      const before = memory.previous.get(key)
      memory.previous.set(key, value)
      if (before !== undefined) most[index] = Math.max(most[index] ?? Number.NEGATIVE_INFINITY, value - before)
    })
  }
  return most.map((value) => value ?? '-').join(' ')
}

const oneLine = (read: ReadFile, path: string): string => linesOf(read(path) ?? '')[0] || '-'

const interfaces = (lines: readonly string[], read: ReadFile): readonly string[] =>
  lines.flatMap((line) => {
    if (!line.includes(':')) return []
    const words = wordsOf(line.replace(':', ' '))
    const folder = `/sys/class/net/${words[0]}`
    // A virtual function under a driver that has hardware of its own (netvsc) is counted by that one already.
    if (read(`${folder}/device/uevent`) === undefined || read(`${folder}/master/device/uevent`) !== undefined) return []
    const own = [1, 2, 3, 4, 5, 9, 10, 11, 12].map((index) => words[index] ?? '')
    const beside = ['statistics/rx_missed_errors', 'speed', 'carrier_changes'].map((name) =>
      oneLine(read, `${folder}/${name}`),
    )
    return [[words[0], ...own, ...beside].join(' ')]
  })

const blocks = (lines: readonly string[], read: ReadFile): readonly string[] =>
  lines.flatMap((line) => {
    const name = wordsOf(line)[2] ?? ''
    if (/^(loop|ram|zram)/.test(name)) return []
    const cache = oneLine(read, `/sys/block/${name}/queue/write_cache`)
    return cache === '-' ? [] : [`${name} ${cache}`]
  })

const addresses = (lines: readonly string[]): readonly string[] => {
  const found = new Set<string>()
  let leaf = ''
  for (const line of lines) {
    const [first, second, third] = wordsOf(line)
    if (first === '|--') leaf = second ?? ''
    else if (first === '/32' && second === 'host' && third === 'LOCAL' && leaf !== '') found.add(leaf)
  }
  return [...found]
}

const contains = (lines: readonly string[], take: Take & { kind: 'contains' }): readonly string[] => {
  const line = lines.find((text) => text.startsWith(take.first))
  return line === undefined ? [] : [wordsOf(line).includes(take.word) ? '1' : '0']
}

/**
 * What the node-side awk makes of a take, made here: for nodes without awk, and to hold the awk program against.
 * Undefined: the file is not there.
 */
export const readTake = (take: Take, read: ReadFile, memory: TwinMemory): readonly string[] | undefined => {
  const text = read(take.file)
  if (text === undefined) return undefined
  const lines = linesOf(text)
  switch (take.kind) {
    case 'whole':
      return lines
    case 'lines':
      return selected(lines, take)
    case 'rows':
      return rows(lines, take)
    case 'named':
      return named(lines, take.names)
    case 'hex':
      return [hexSums(lines, take)]
    case 'busiest':
      return [busiest(lines, take.fields, memory)]
    case 'interfaces':
      return interfaces(lines, read)
    case 'contains':
      return contains(lines, take)
    case 'blocks':
      return blocks(lines, read)
    case 'addresses':
      return addresses(lines)
    case 'namespaces':
      // Which there are is known only where awk reads them: see `namespaces-twin.ts`.
      return undefined
  }
}
