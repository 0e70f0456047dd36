import { createHash } from 'node:crypto'
import type { ServiceDoor, ServicePlace } from '../../events/look-rules.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The first letters of a text's SHA-256 in base 32 (RFC 4648), five bits each. */
const hashOf = (text: string, length: number): string => {
  const bits = Array.from(createHash('sha256').update(text).digest(), (byte) => byte.toString(2).padStart(8, '0')).join(
    '',
  )
  return Array.from({ length }, (_, at) => letters[Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)] ?? '').join('')
}

/**
 * What ends the names of a port's chains in iptables mode, after `KUBE-SVC-` and its like: portProtoHash in kube-proxy's
 * pkg/proxy/iptables/proxier.go.
 */
export const iptablesHash = ({ id }: Pick<ServicePlace, 'id'>, { name, protocol }: ServiceDoor): string =>
  hashOf(`${id}${name === '' ? '' : `:${name}`}${protocol}`, 16)

/**
 * What ends the names of a port's chains in nftables mode, after `service-` and its like: servicePortChainNameBase in kube-proxy's
 * pkg/proxy/nftables/proxier.go. It is never so long that it is cut there.
 */
export const nftablesBase = ({ id }: Pick<ServicePlace, 'id'>, { name, protocol }: ServiceDoor): string => {
  const whole = `${id}/${protocol}/${name}`
  return `${hashOf(whole, 8)}-${whole}`
}
