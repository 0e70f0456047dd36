import { readFileSync } from 'node:fs'
import type { Argv } from './command.ts'
import { nodeProgram } from './programs.ts'

/** Where something is run: a namespace, or a node. */
export interface Place {
  run(argv: Argv, input?: string): Promise<string>
}

/** Has a namespace track connections, by a rule that asks for their state; those over its loopback too, if `loopback`. */
export const track = async ({ run }: Place, { loopback = true } = {}): Promise<void> => {
  await run(['nft', 'add table inet t; add chain inet t c { type filter hook output priority 0; }'])
  await run(['nft', 'add rule inet t c ct state new counter'])
  if (loopback) return
  await run(['nft', 'add chain inet t raw { type filter hook output priority raw; }'])
  await run(['nft', 'add rule inet t raw oifname lo notrack'])
}

/** Has a namespace track so many connections more, of which no two are the same. `from`: how many it was given before. */
export const load = async (namespace: Place, from: number, count: number, status = ''): Promise<void> => {
  const lines = Array.from({ length: count }, (_, index) => {
    const host = from + index
    const source = `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`
    return `-A -s ${source} -d 10.250.0.1 -p udp --sport 1000 --dport 53 -t 600 ${status}\n`
  })
  // The tool opens its stdin by name, which works for a pipe, and not for what Node gives it.
  await namespace.run(['sh', '-c', 'cat | conntrack --load-file -'], lines.join(''))
}

/** Of connections that must not be evicted. */
export const assured = '-u SEEN_REPLY,ASSURED'

/** Sends a datagram each to so many ports of the namespace itself; says how many were refused. */
export const sendFlows = async ({ run }: Place, count: number): Promise<number> =>
  Number(/refused (\d+)/.exec(await run(nodeProgram('udp-flows', '127.0.0.1', count)))?.[1])

/** How many connections a namespace tracks, by `conntrack -C`. */
export const counted = async ({ run }: Place): Promise<number> => Number(await run(['conntrack', '-C']))

/** A counter of `conntrack -S`, over all CPUs. */
export const statistic = async ({ run }: Place, name: string): Promise<number> =>
  [...(await run(['conntrack', '-S'])).matchAll(new RegExp(` ${name}=(\\d+)`, 'g'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  )

/** The most connections that a namespace of this machine tracks. */
export const maximum = (): number => Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'))
