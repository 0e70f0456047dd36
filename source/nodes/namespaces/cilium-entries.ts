import { type Address, parseAddress } from '../../events/address.ts'
import type { ServiceDoor, ServicePlace } from '../../events/look-rules.ts'
import { ipv4Text, ipv6Text } from '../address.ts'
import { protocolNumbers } from './cilium-keys.ts'

type Family = 4 | 6

/** An address and a port as they begin a key, and a backend. */
interface End {
  readonly family: Family
  readonly address: Address
  readonly port: number
}

/** One entry of a service in Cilium's maps. */
export interface CiliumFront extends End {
  readonly door: ServiceDoor
  /** Its key in hexadecimal digits. */
  readonly key: string
  /** 0: it is kept for any protocol. */
  readonly protocol: number
  /** For whom it is, where those within the cluster have one of their own. */
  readonly isInternal: boolean
  /** Backends that new connections go to. */
  readonly count: number
  /** Others that are kept and get none: they end, are unhealthy or in maintenance. */
  readonly held: number
  /** `flags`, and above those `flags2`. */
  readonly flags: number
  /** Seconds of affinity in its lower 24 bits; or the port of a proxy. */
  readonly union: number
  /** Numbers of backends, slot by slot; undefined: the slot is empty. Fewer than `count`: the others were not asked for. */
  readonly ids: readonly (number | undefined)[]
}

/** What the walk told. */
export interface CiliumEntries {
  /** Where the maps are pinned. */
  readonly pins: string | undefined
  readonly fronts: readonly CiliumFront[]
  /** By family and number, `4 17`; undefined: no such backend is there. */
  readonly backends: ReadonlyMap<string, End | undefined>
  /** Names of the maps of backends, by family. */
  readonly backendMaps: ReadonlyMap<Family, string>
  /** Entries that were not asked for. */
  readonly left: number
  /** Lines that say why something was not read. */
  readonly troubles: readonly string[]
  /** It came to its end. */
  readonly isWhole: boolean
}

const endOf = (digits: string): End | undefined => {
  const bytes = Uint8Array.from(Buffer.from(digits, 'hex'))
  const wide = bytes.length >= 18 ? 16 : 4
  if (bytes.length < wide + 2) return undefined
  const address = parseAddress(wide === 16 ? ipv6Text(bytes, 0) : ipv4Text(bytes, 0))
  if (address === undefined) return undefined
  return { family: wide === 16 ? 6 : 4, address, port: ((bytes[wide] ?? 0) << 8) | (bytes[wide + 1] ?? 0) }
}

const doorOf = ({ addresses, doors }: ServicePlace, asked: number, { address, port }: End): ServiceDoor | undefined => {
  const own = doors.filter(({ protocol }) => protocolNumbers[protocol] === asked)
  return (
    own.find((door) => door.port === port && addresses.includes(address)) ??
    own.find(({ nodePort }) => nodePort !== 0 && nodePort === port)
  )
}

// As many digits as fields of 8, 16 and 32 bits have.
const frontLine =
  /^front (\d{1,3}) ([0-9a-f]{24}|[0-9a-f]{48}) (\d{1,10}) (\d{1,5}) (\d{1,5}) (\d{1,5}) ?((?:(?:\d{1,10}|-)(?:,(?!$)|$))*)$/
const backendLine = /^backend ([46]) (\d{1,10}) ([0-9a-f]{12}|[0-9a-f]{36}|-)$/

const frontIn = (line: string, service: ServicePlace): CiliumFront | undefined => {
  const [, asked, key = '', union, count, flags, held, ids = ''] = frontLine.exec(line) ?? []
  const end = endOf(key)
  const door = end === undefined ? undefined : doorOf(service, Number(asked), end)
  const slots = ids === '' ? [] : ids.split(',')
  if (end === undefined || door === undefined || slots.length > Number(count)) return undefined
  const [protocol = 0, scope] = Buffer.from(key, 'hex').subarray(end.family === 6 ? 20 : 8)
  return {
    ...end,
    door,
    key,
    protocol,
    isInternal: scope === 1,
    count: Number(count),
    held: Number(held),
    flags: Number(flags),
    union: Number(union),
    ids: slots.map((id) => (id === '-' ? undefined : Number(id))),
  }
}

/** Parses what the walk wrote of one service; entries of another one, which it does not ask for, are left out. Pure. */
export const ciliumEntries = (lines: readonly string[], service: ServicePlace): CiliumEntries => {
  const backends = new Map<string, End | undefined>()
  const backendMaps = new Map<Family, string>()
  for (const line of lines) {
    const [, family, id, value = '-'] = backendLine.exec(line) ?? []
    if (family !== undefined) backends.set(`${family} ${id}`, value === '-' ? undefined : endOf(value))
    const [, of, map] = /^backends ([46]) (cilium_lb[46]_backends\w*)$/.exec(line) ?? []
    if (map !== undefined) backendMaps.set(of === '6' ? 6 : 4, map)
  }
  const after = (word: string): string | undefined =>
    lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1)
  return {
    pins: after('pins'),
    fronts: lines.flatMap((line) => frontIn(line, service) ?? []),
    backends,
    backendMaps,
    left: Number(/^\d{1,9}$/.exec(after('left') ?? '') ?? 0),
    troubles: lines.filter((line) => /^(refused|closed|layout|unpinned) /.test(line)),
    isWhole: lines.includes('end'),
  }
}
