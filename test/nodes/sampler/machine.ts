/** Texts of the files that grow with the number of CPUs, as they stand in one second. */
export interface MachineTexts {
  readonly stat: string
  readonly softnet: string
  readonly conntrack: string
}

/** A machine with so many CPUs, all of whose counters move whenever `advance` is called. */
export interface Machine {
  advance(): void
  texts(): MachineTexts
  /** What /proc/stat says of one CPU, in jiffies: user, nice, system, idle, iowait, irq, softirq, steal. */
  jiffies(): readonly (readonly number[])[]
  /** Per CPU, the columns of softnet_stat as numbers. */
  packets(): readonly (readonly number[])[]
  /** Per CPU, the columns of stat/nf_conntrack as numbers, in the order of {@link conntrackHeader}. */
  tracked(): readonly (readonly number[])[]
}

export const conntrackHeader =
  'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart'

const columns = { jiffies: 10, softnet: 13, conntrack: 17 } as const

/** Numbers from 0 to 1 that are the same in every run: Park and Miller's generator. */
export const repeatable = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0')

/** A machine as Linux 6 shows it; the counters of 32 bits begin near their end, so that some of them wrap. */
export const createMachine = (cpus: number): Machine => {
  const random = repeatable(cpus)
  const some = (most: number): number => Math.floor(random() * most)
  const table = (width: number, least: number, span: number): number[][] =>
    Array.from({ length: cpus }, () => Array.from({ length: width }, () => least + some(span)))
  let jiffies = table(columns.jiffies, 0, 90_000_000)
  let packets = table(columns.softnet, 2 ** 32 - 40_000, 40_000)
  let tracked = table(columns.conntrack, 2 ** 32 - 40_000, 40_000)
  const grow = (rows: number[][], limit: number): number[][] =>
    rows.map((row) => row.map((value) => (value + 1 + some(4000)) % limit))

  const statText = (): string => {
    const all = jiffies.reduce((sum, row) => sum.map((value, index) => value + (row[index] ?? 0)), Array(10).fill(0))
    return [
      `cpu  ${all.join(' ')}`,
      ...jiffies.map((row, index) => `cpu${index} ${row.join(' ')}`),
      `intr ${Array.from({ length: 1 + 4 * cpus }, () => some(1e9)).join(' ')}`,
      `ctxt ${some(1e9)}`,
      'btime 1770000000',
      `softirq ${Array.from({ length: 11 }, () => some(1e9)).join(' ')}`,
      '',
    ].join('\n')
  }

  return {
    advance: () => {
      jiffies = grow(jiffies, Number.MAX_SAFE_INTEGER)
      packets = grow(packets, 2 ** 32)
      tracked = grow(tracked, 2 ** 32)
    },
    texts: () => ({
      stat: statText(),
      softnet: packets.map((row) => `${row.map(hex).join(' ')}\n`).join(''),
      conntrack: `${conntrackHeader}\n${tracked.map((row) => `${row.map(hex).join(' ')}\n`).join('')}`,
    }),
    jiffies: () => jiffies,
    packets: () => packets,
    tracked: () => tracked,
  }
}

/** The text with every word that is a number moved on: what any file of counters may look like a second later. */
export const moved = (text: string, random: () => number): string =>
  text.replaceAll(/(?<=[\s:=])\d+(?=\s)/g, (word) => String(Number(word) + 1 + Math.floor(random() * 5000)))
