import type { ServicePlace } from '../../events/look-rules.ts'
import type { Lack } from '../../events/looks.ts'
import { clean } from '../../text/clean.ts'
import type { CiliumEntries, CiliumFront } from './cilium-entries.ts'
import { mostFronts, pinFolders, serviceKeys, spaced } from './cilium-keys.ts'

const agent = "by hand, in the agent's pod of this node: cilium-dbg bpf lb list"

const lack = (what: string, advice: string): Lack => ({ what: clean(what), advice: clean(advice) })

const machines = `kntop reads its maps on x86-64, ARM64 and RISC-V of 64 bits only; ${agent}`

const refusals: Readonly<Record<string, string>> = {
  perl: `to read its maps takes perl on this node; ${agent}`,
  pins: `its maps of services are pinned neither in ${pinFolders.join(' nor in ')} of this node; ${agent}`,
  bits: machines,
  machine: machines,
  proc: `/proc/self/exe of this node cannot be read; ${agent}`,
}

const lackOf = (line: string): Lack => {
  const [kind = '', name = '', ...more] = line.split(' ')
  const rest = more.join(' ')
  if (kind === 'layout') {
    const [, key, value] = more
    return lack(
      `what Cilium has in ${name}`,
      `its entries, ${key} and ${value} bytes, are laid out in a way that kntop does not know, and none is guessed at: it knows those since Cilium 1.11; ${agent}`,
    )
  }
  if (kind === 'unpinned')
    return lack(
      `what Cilium has of IPv${name.includes('lb6') ? 6 : 4}`,
      `${name} is not pinned on this node: Cilium may run without this family; ${agent}`,
    )
  if (kind === 'closed') return lack(`what Cilium has in ${name}`, `the kernel did not open it (${rest}); ${agent}`)
  const words = line.replace(/^refused /, '')
  return lack('what Cilium does for it', refusals[words] ?? `the kernel refused it (${words}); ${agent}`)
}

/** What of Cilium's entries is not told, and what it takes. `left`: entries and backends that were not asked for. */
export const ciliumLacks = (entries: CiliumEntries, left: number, service: ServicePlace): readonly Lack[] => {
  const keys = serviceKeys(service).length
  const unasked = left + Math.max(0, keys - mostFronts)
  return [
    ...[...new Set(entries.troubles)].map(lackOf),
    ...(entries.troubles.some((line) => line.startsWith('refused ')) || entries.isWhole || keys === 0
      ? []
      : [lack('what Cilium does for it', `to look it up took too long, and was ended; ${agent}`)]),
    ...(unasked === 0
      ? []
      : [lack(`${unasked} of its entries and backends in Cilium's maps`, `so many are not looked up; ${agent}`)]),
  ]
}

/** Commands of one service that are told, at most. */
const mostCommands = 40

const lookup = (pins: string, map: string, key: string): string =>
  `bpftool map lookup pinned ${pins}/${map} key hex ${spaced(key)}`

/** Numbers as a little-endian machine has them: on no other is a map read. */
const little = (value: number, bytes: 2 | 4): string => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer.toString('hex')
}

const slotKeys = ({ family, key, ids }: CiliumFront): readonly string[] => {
  const at = family === 6 ? 36 : 12
  return ids.map((_, index) => `${key.slice(0, at)}${little(index + 1, 2)}${key.slice(at + 4)}`)
}

const mapOf = (family: 4 | 6): string => `cilium_lb${family}_services_v2`

/** The list of all, of which those lines are meant that hold an address and a port of the service. */
const listed = ({ addresses, doors }: ServicePlace): string => {
  const ends = doors.flatMap(({ port }) =>
    addresses.map((address) => `-e '${address.includes(':') ? `[${address}]` : address}:${port}'`),
  )
  const some = [...new Set(ends)].slice(0, 8).join(' ')
  return `crictl exec "$(crictl ps -q --name cilium-agent)" cilium-dbg bpf lb list | grep -F -A 8 ${some}`
}

/** Lookups of every entry that was found, then of their slots and backends, as a person would do them. */
export const ciliumByHand = (entries: CiliumEntries | undefined, service: ServicePlace): readonly string[] => {
  if (service.addresses.length === 0 || service.doors.length === 0) return []
  const pins = entries?.pins ?? pinFolders[0]
  const fronts = entries?.fronts ?? []
  const masters =
    fronts.length > 0
      ? fronts.map(({ family, key }) => lookup(pins, mapOf(family), key))
      : serviceKeys(service).map((key) => lookup(pins, mapOf(key.length === 48 ? 6 : 4), key))
  const slots = fronts.flatMap((front) => slotKeys(front).map((key) => lookup(pins, mapOf(front.family), key)))
  const backends = fronts.flatMap(({ family, ids }) => {
    const map = entries?.backendMaps.get(family)
    return map === undefined ? [] : ids.flatMap((id) => (id === undefined ? [] : [lookup(pins, map, little(id, 4))]))
  })
  return [...new Set([...masters, ...slots, ...backends])].slice(0, mostCommands).concat(listed(service))
}
