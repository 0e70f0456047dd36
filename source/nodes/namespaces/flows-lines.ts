import { parseAddress } from '../../events/address.ts'
import type { FlowGroup } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'

/** What the node added up. */
export interface Sums {
  /** Those in no group that is told, too. */
  readonly total: number
  /** Lines that were no connections. */
  readonly odd: number
  /** Listings that came to their end. */
  readonly whole: number
  readonly isLossy: boolean
  readonly seconds: number
  /** The last of the odd lines. */
  readonly said: string
  readonly groups: readonly { readonly group: FlowGroup; readonly timeout: number }[]
}

const standings: Readonly<Record<string, FlowGroup['standing']>> = { a: 'assured', u: 'unreplied', '-': 'replied' }

const addressIn = (word: string, key: 'src=' | 'dst=') =>
  word.startsWith(key) ? parseAddress(word.slice(key.length)) : undefined

const portIn = (word: string): number | undefined => {
  const port = /^[sd]port=(\d{1,5})$/.exec(word)?.[1]
  return port === undefined ? undefined : Number(port)
}

/** `12 tcp ESTABLISHED a src=10.1.1.1 dst=10.96.0.1 dport=443 src=10.1.2.2 dst=10.1.1.1 sport=6443 -`; undefined: it is none. */
export const groupIn = (line: string): Sums['groups'][number] | undefined => {
  const words = line.split(' ')
  if (words.length !== 11) return undefined
  const [count = '', protocol = '', state = '', flag = '', from = '', to = '', at = '', back = '', onto = '', by = ''] =
    words
  const [source, destination] = [addressIn(from, 'src='), addressIn(to, 'dst=')]
  const [answerer, answered] = [addressIn(back, 'src='), addressIn(onto, 'dst=')]
  const standing = standings[flag]
  if (source === undefined || destination === undefined || answerer === undefined || answered === undefined)
    return undefined
  if (standing === undefined || !/^\d+$/.test(count)) return undefined
  const [port, answererPort] = [portIn(at), portIn(by)]
  const group = {
    protocol: clean(protocol),
    state: clean(state === '-' ? '' : state),
    standing,
    ...{ source, destination, answerer, answered },
    ...(port === undefined ? {} : { port }),
    ...(answererPort === undefined ? {} : { answererPort }),
    count: Number(count),
  }
  return { group, timeout: Number(words[10]) }
}

/** Reads what awk wrote; undefined where it did not write its first line. */
export const sumsOf = ([first = '', ...lines]: readonly string[]): Sums | undefined => {
  const [, total, odd, whole, lossy, seconds, said = ''] =
    /^2000000000 (\d+) (\d+) (\d+) (\d) (-?[\d.e-]+)(?: (.*))?$/.exec(first) ?? []
  if (total === undefined) return undefined
  return {
    total: Number(total),
    odd: Number(odd),
    whole: Number(whole),
    isLossy: lossy !== '0',
    seconds: Number(seconds),
    said,
    groups: lines.flatMap((line) => groupIn(line) ?? []),
  }
}

/** Settings as `grep` names them: `/proc/sys/net/netfilter/nf_conntrack_udp_timeout:30`. */
export const settingsOf = (lines: readonly string[]): ReadonlyMap<string, number> =>
  new Map(
    lines.flatMap((line) => {
      const [, name = '', value] = /\/nf_conntrack_([a-z0-9_]+):(\d+)$/.exec(line) ?? []
      return value === undefined ? [] : [[name, Number(value)] as const]
    }),
  )
