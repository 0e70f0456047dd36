import { ipv6OfHex } from '../address.ts'

/** What a machine must be to be a node, by the word of the API: it owns one of the addresses, and has either id. */
export interface NodeIdentity {
  /** In the one form of RFC 5952. */
  readonly addresses: readonly string[]
  /** Empty where nothing is known. */
  readonly bootId: string
  readonly machineId: string
}

/** What a machine says of itself; empty where it says nothing. Outside strings. */
export interface Machine extends NodeIdentity {
  readonly hostName: string
}

/** Reads files only, by builtins of the shell; one fork, for the addresses of IPv4. */
export const identityScript = `echo "self"
say() { v=; read -r v 2>/dev/null <"$2"; echo "$1 $v"; }
say boot /proc/sys/kernel/random/boot_id
if [ -r /etc/machine-id ]; then say machine /etc/machine-id; else say machine /var/lib/dbus/machine-id; fi
say host /proc/sys/kernel/hostname
while read -r six rest; do echo "six $six"; done 2>/dev/null </proc/net/if_inet6
grep -B1 "host LOCAL" /proc/net/fib_trie
echo "whole"`

/** Bytes that the answer may have: some thousand addresses. */
export const identityLimit = 256 * 1024

const wordsOf = (line: string): readonly string[] => line.trim().split(/\s+/)

/** Addresses of IPv4 out of /proc/net/fib_trie: a leaf, and under it that it is local. */
const ownIpv4 = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, index) => {
    const [prefix, kind, scope] = wordsOf(line)
    const [mark, leaf] = wordsOf(lines[index - 1] ?? '')
    return prefix === '/32' && kind === 'host' && scope === 'LOCAL' && mark === '|--' && leaf !== undefined
      ? [leaf]
      : []
  })

/** What {@link identityScript} printed; undefined where it did not come to its end. */
export const machineFrom = (output: string): Machine | undefined => {
  const lines = output.split('\n')
  const from = lines.indexOf('self')
  const to = lines.lastIndexOf('whole')
  if (from < 0 || to < from) return undefined
  const said = lines.slice(from + 1, to)
  const of = (name: string): string => said.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
  const six = said.flatMap((line) => (line.startsWith('six ') ? (ipv6OfHex(line.slice(4)) ?? []) : []))
  return {
    addresses: [...ownIpv4(said), ...six],
    bootId: of('boot'),
    machineId: of('machine'),
    hostName: of('host'),
  }
}

/** Ids are compared as kubelets write them: the boot's with hyphens, the machine's without. */
const same = (one: string, other: string): boolean => one !== '' && one.toLowerCase() === other.toLowerCase()

/** Why a machine is not the node of this name; undefined: it is. */
export const mismatch = (name: string, node: NodeIdentity, machine: Machine): string | undefined => {
  const other = machine.hostName === '' || machine.hostName === name ? 'another machine' : machine.hostName
  const isNot = `this is ${other}, not ${name}`
  const owns = node.addresses.some((address) => machine.addresses.includes(address))
  if (!owns)
    return `${isNot}: it does not have the InternalIP ${node.addresses.join(' or ')}; name the right host in nodes: of the configuration`
  if (same(node.bootId, machine.bootId) || same(node.machineId, machine.machineId)) return undefined
  return `${isNot}: neither its boot id nor its machine id is the one that the API server knows; if it was just installed anew, wait for its kubelet`
}
