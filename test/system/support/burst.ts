import { makeNamespace, type Namespace } from './namespace.ts'

const rulesOf = (from: string, to: string, copies: number): string =>
  [
    `add chain netdev t ${from} { type filter hook ingress device ${from} priority 0; }`,
    ...Array.from({ length: copies }, () => `add rule netdev t ${from} dup to ${to}`),
    '',
  ].join('\n')

/**
 * A namespace in which one packet becomes many at once: each packet on the first cable 300 on the second, each of those 800 on
 * the third. They queue up behind one another on one CPU, more than its backlog holds and than it does in one turn. No limit
 * of the machine is touched. `send` sends so many packets.
 */
export const makeBurst = async (): Promise<{
  readonly namespace: Namespace
  readonly send: (packets: number) => Promise<void>
}> => {
  const namespace = await makeNamespace('burst')
  for (const name of ['a', 'b', 'c']) {
    await namespace.run(['ip', 'link', 'add', `${name}0`, 'type', 'veth', 'peer', 'name', `${name}1`])
    for (const end of [`${name}0`, `${name}1`]) await namespace.run(['ip', 'link', 'set', end, 'up'])
  }
  const rules = `add table netdev t\n${rulesOf('a1', 'b0', 300)}${rulesOf('b1', 'c0', 800)}`
  await namespace.run(['nft', '-f', '-'], rules)
  await namespace.run(['ip', 'address', 'add', '10.98.0.1/24', 'dev', 'a0'])
  await namespace.run(['ip', 'neighbour', 'add', '10.98.0.2', 'lladdr', '02:00:00:00:00:02', 'dev', 'a0'])
  const program = `use Socket; socket(my $s, AF_INET, SOCK_DGRAM, 0) or die; my $to = sockaddr_in(9, inet_aton("10.98.0.2"));
    for (1 .. $ARGV[0]) { send($s, "x", 0, $to) or die }`
  return {
    namespace,
    send: async (packets) => void (await namespace.run(['perl', '-e', program, String(packets)])),
  }
}
