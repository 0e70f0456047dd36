import type { StackCounter } from '../../events/look-stack.ts'
import { clean } from '../../text/clean.ts'

/**
 * What is no counter but a setting: include/linux/snmp.h and net/ipv4/proc.c write them among the others. nstat leaves them
 * out too.
 */
const settings = new Set(['IpForwarding', 'IpDefaultTTL', 'TcpRtoAlgorithm', 'TcpRtoMin', 'TcpRtoMax', 'TcpMaxConn'])

/** How many there are now: it may fall. */
const amounts = new Set(['TcpCurrEstab', 'MPTcpExtMPCurrEstab'])

export const isAmount = (name: string): boolean => amounts.has(name)

const number = /^\d{1,20}$/

const counterOf = (name: string, text = ''): readonly StackCounter[] =>
  number.test(text) && !settings.has(name) ? [{ name: clean(name, 64), value: Number(text) }] : []

const heading = /^([A-Za-z]{1,16}): ([A-Za-z].*)$/
const pair = /^([A-Z][A-Za-z0-9]{1,63})\s+(\d+)$/

/**
 * The counters in the lines of `/proc/PID/net/{snmp,netstat,snmp6}`, by the names that nstat gives them. The first two have a line of
 * names and one of values, the third a name and a value in each.
 */
export const countersIn = (lines: readonly string[]): readonly StackCounter[] => {
  const found = new Map<string, StackCounter>()
  const put = (all: readonly StackCounter[]): void => {
    for (const one of all) if (!found.has(one.name)) found.set(one.name, one)
  }
  for (const [index, line] of lines.entries()) {
    const [, single = '', value] = pair.exec(line) ?? []
    if (value !== undefined) put(counterOf(single, value))
    const [, prefix = '', names] = heading.exec(line) ?? []
    const values = lines[index + 1] ?? ''
    if (names === undefined || !values.startsWith(`${prefix}: `)) continue
    const figures = values.slice(prefix.length + 2).split(' ')
    for (const [at, name] of names.trimEnd().split(' ').entries()) put(counterOf(`${prefix}${name}`, figures[at]))
  }
  return [...found.values()]
}
