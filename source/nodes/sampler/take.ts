/** The period of a group of files, in seconds. */
export type Every = 1 | 5 | 60

/**
 * One thing that the sampler reads, and how much of it crosses the wire. Each kind is done by awk on the node, and by its
 * twin in TypeScript where a node has no awk; `docs/architecture.md` says how to add one.
 */
export type Take = { readonly every: Every } & (
  | WholeFile
  | Lines
  | Rows
  | NamedRows
  | HexSums
  | BusiestCpu
  | Interfaces
  | Contains
  | Blocks
  | Addresses
  | Namespaces
)

/** Every line of a small file. */
export interface WholeFile {
  readonly kind: 'whole'
  readonly file: string
}

/**
 * Lines whose field number `field` (1-based, default 1) is one of `first` (undefined: all) and does not begin with one of
 * `without`, cut to `fields` (1-based, in this order; undefined: the line as it is), joined by one blank. A field that
 * the line does not have is `-`.
 */
export interface Lines {
  readonly kind: 'lines'
  readonly file: string
  readonly field?: number
  readonly first?: readonly string[]
  readonly without?: readonly string[]
  readonly fields?: readonly number[]
}

/**
 * Of each text in `begin` the first line that begins with it and a blank, cut to `fields` as {@link Lines} are; in the order
 * of `begin`, without those that have no such line. Found without a look at the lines around them.
 */
export interface Rows {
  readonly kind: 'rows'
  readonly file: string
  readonly begin: readonly string[]
  readonly fields?: readonly number[]
}

/**
 * Files of paired lines, names above values, as /proc/net/snmp: one line per name asked for, `Tcp:OutSegs 123`, in the order
 * asked for, row by row. The names of a row are the first line that begins with it, the values the line below that, if it
 * begins so too. A name that the kernel does not have gives no line.
 */
export interface NamedRows {
  readonly kind: 'named'
  readonly file: string
  readonly names: readonly string[]
}

/**
 * Sums of hexadecimal columns over all lines, one line of decimals in the order asked for. Columns are header names, or
 * 1-based positions where the file has no header. A column that is not there is `-`, one with a word that is no hexadecimal
 * number of at most 64 bits is `?`. `first`: columns that are not summed but taken from the first line, because each line
 * repeats them.
 */
export interface HexSums {
  readonly kind: 'hex'
  readonly file: string
  readonly header: boolean
  readonly sum: readonly string[]
  readonly first?: readonly string[]
}

/**
 * For each field of the `cpuN` lines of /proc/stat: the largest growth of one CPU since the last read, in jiffies;
 * `-` at the first read, or where no CPU has a number there.
 */
export interface BusiestCpu {
  readonly kind: 'busiest'
  readonly file: string
  readonly fields: readonly number[]
}

/**
 * Physical interfaces: `NAME rx_bytes rx_packets rx_errs rx_drop rx_fifo tx_bytes tx_packets tx_errs tx_drop rx_missed
 * speed carrier_changes`; `-` for what cannot be read. Physical: it has a device in /sys/class/net, and no master that has
 * one too.
 */
export interface Interfaces {
  readonly kind: 'interfaces'
  readonly file: string
}

/** `1` if the first line that begins with `first` holds `word` among its fields, else `0`; no line: file without it. */
export interface Contains {
  readonly kind: 'contains'
  readonly file: string
  readonly first: string
  readonly word: string
}

/** Whole block devices and their write cache, `vda write back`: those of /proc/diskstats but loop, ram and zram. */
export interface Blocks {
  readonly kind: 'blocks'
  readonly file: string
}

/** The node's own IPv4 addresses, one a line, out of /proc/net/fib_trie. */
export interface Addresses {
  readonly kind: 'addresses'
  readonly file: string
}

/**
 * Counters of network namespaces beside the node's own, added up: one line `EPOCH READ HUNDREDTHS SUM...`. A namespace is a
 * {@link NamespaceKey}; those to read, and how many in a tick, come with the ticks (`namespace-reads.ts`). Each `SUM` is what its
 * counter has grown by, over all namespaces, since the program began at `EPOCH` (seconds of uptime): what is new, gone or went
 * back adds nothing. `HUNDREDTHS` of a second, added up too: those that lay between two reads of a namespace. `READ`: how many
 * could be read when it was last tried.
 */
export interface Namespaces {
  readonly kind: 'namespaces'
  /** The folder of a process; PID stands for its number. */
  readonly file: string
  /** Files of paired lines below it, and what is wanted of each, as {@link NamedRows}; without the first none is read. */
  readonly named: readonly { readonly file: string; readonly names: readonly string[] }[]
  /** Files of lines `NAME NUMBER` below it. */
  readonly rows: readonly { readonly file: string; readonly names: readonly string[] }[]
}

/** `PID:START:INODE`: a process that is in the namespace, when it started, and the namespace's number: all in digits. */
export type NamespaceKey = string & { readonly __namespace: true }

export const isNamespaceKey = (text: string): text is NamespaceKey => /^[1-9]\d{0,9}:\d{1,19}:\d{1,19}$/.test(text)
