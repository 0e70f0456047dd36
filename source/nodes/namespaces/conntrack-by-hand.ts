import { type Address, familyOf } from '../../events/address.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { inNamespace } from './by-hand.ts'
import type { Seen } from './look-kind.ts'

/** One line for each address and part that it plays: the tool takes one address at a time. */
export const nodeCommands = (addresses: readonly Address[]): readonly Clean[] =>
  addresses.flatMap((address) =>
    ['-s', '-r'].map((word) => clean(`conntrack -L -f ipv${familyOf(address)} ${word} ${address}`)),
  )

const address = /^[0-9a-f:.]+$/

/** The kernel's own file spells addresses of IPv6 whole: so stands each last in its line. */
const fileCommand = (lines: readonly string[]): string => {
  const spelled = lines.flatMap((line) => line.split(' ').at(-1) ?? []).filter((each) => address.test(each))
  return `grep -F ${spelled.map((each) => `-e '=${each} '`).join(' ')} /proc/net/nf_conntrack`
}

/** The commands that show on the node what was seen, by how it was seen: with the tool, by the kernel's file, or only counted. */
export const handCommands = (
  { footing, sections }: Seen,
  way: string,
  addresses: readonly Address[],
  hasOwn: boolean,
): readonly Clean[] => {
  const folder = `/proc/${footing.isHost ? '' : `${footing.pid}/`}net`
  switch (way) {
    case 'listed':
      return [
        ...nodeCommands(addresses),
        ...(hasOwn ? inNamespace(footing, ['conntrack -L -f ipv4', 'conntrack -L -f ipv6']) : []),
      ]
    case 'file':
      return [
        ...(addresses.length === 0 ? [] : [clean(fileCommand(sections.get('addresses') ?? []))]),
        ...(hasOwn ? [clean(`cat ${folder}/nf_conntrack`)] : []),
      ]
    default:
      return [
        'grep . /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max',
        `cat ${folder}/stat/nf_conntrack`,
      ].map((command) => clean(command))
  }
}
