import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/** An address that is to be reached, as a proxy rule sees it. */
interface Destination {
  /** In lower case, IPv6 without brackets. */
  readonly host: string
  readonly port: string
}

type Rule = (to: Destination) => boolean

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

/** Node finds an IPv4 address also in IPv6 networks that hold its mapped form, such as `::/0`; Go does not. */
const isMapped = (address: string): boolean => /^::ffff:/.test(address)

const isIn = (list: BlockList, rule: string, host: string): boolean =>
  isIP(host) !== 0 &&
  (isIP(host) === 4 || isMapped(host)) === (isIP(rule) === 4 || isMapped(rule)) &&
  list.check(host, familyOf(host))

const networkRule = (entry: string): Rule | undefined => {
  const [, address = '', bits = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry) ?? []
  const family = isIP(address)
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined
  const list = new BlockList()
  list.addSubnet(address, Number(bits), familyOf(address))
  return ({ host }) => isIn(list, address, host)
}

/** `host:port`, `[v6]:port`, or only a host; undefined where there is no host. Brackets without a port are no address to Go. */
const parted = (entry: string): Destination | undefined => {
  const [, host, port = ''] = /^(\[[^\]]*\]|[^:]*):(\d*)$/.exec(entry) ?? []
  const bare = host?.replace(/^\[(.*)\]$/, '$1') ?? entry
  return bare === '' ? undefined : { host: bare, port }
}

const addressRule = ({ host, port }: Destination): Rule => {
  const list = new BlockList()
  list.addAddress(host, familyOf(host))
  return (to) => isIn(list, host, to.host) && (port === '' || port === to.port)
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length

const nameRule = ({ host, port }: Destination): Rule => {
  // `example.com` is for itself and what is below it, `.example.com` and `*.example.com` only for what is below.
  const name = host.replace(/^\*\./, '.')
  const isForItself = !name.startsWith('.')
  const bare = isForItself ? name : name.slice(1)
  const suffix = `.${isAscii(bare) ? bare : domainToASCII(bare) || bare}`
  return (to) =>
    isIP(to.host) === 0 &&
    (to.host.endsWith(suffix) || (isForItself && to.host === suffix.slice(1))) &&
    (port === '' || port === to.port)
}

const ruleOf = (entry: string): Rule | undefined => {
  const network = networkRule(entry)
  if (network !== undefined) return network
  const destination = parted(entry)
  if (destination === undefined) return undefined
  return isIP(destination.host) === 0 || destination.host.includes('%')
    ? nameRule(destination)
    : addressRule(destination)
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || ['127.0.0.0/8', '::1/128'].some((network) => networkRule(network)?.({ host, port: '' }))

/**
 * Whether NO_PROXY, or loopback, keeps a destination away from the proxy: by the rules of Go, which are kubectl's
 * (golang.org/x/net/http/httpproxy). `port` is never empty.
 */
export const isExempt = (noProxy: string, destination: Destination): boolean => {
  const to = { ...destination, host: destination.host.toLowerCase() }
  if (isLoopback(to.host)) return true
  const entries = noProxy.split(',').map((entry) => entry.trim().toLowerCase())
  if (entries.includes('*')) return true
  return entries.some((entry) => entry !== '' && ruleOf(entry)?.(to) === true)
}
