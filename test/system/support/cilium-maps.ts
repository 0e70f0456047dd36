/** A map to be made: its name, and how many bytes its keys and values have. */
interface MadeMap {
  readonly name: string
  readonly key: number
  readonly value: number
}

/** An entry of a service as Cilium's agent writes it. */
interface Entry {
  readonly address: string
  readonly port: number
  readonly protocol: number
  readonly scope?: 0 | 1
  readonly flags?: number
  /** Seconds of affinity, with the algorithm above them. */
  readonly union?: number
  readonly held?: number
  /** One for each slot. */
  readonly ids: readonly number[]
}

interface Backend {
  readonly id: number
  readonly address: string
  readonly port: number
}

const bytesOf = (address: string): Buffer => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const [front = '', back = ''] = address.split('::').map((part) => part)
  const groups = (text: string): readonly number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const bytes = Buffer.alloc(16)
  for (const [index, group] of groups(front).entries()) bytes.writeUInt16BE(group, 2 * index)
  const last = groups(back)
  for (const [index, group] of last.entries()) bytes.writeUInt16BE(group, 16 - 2 * (last.length - index))
  return bytes
}

const number = (value: number, bytes: number, order: 'network' | 'host' = 'host'): Buffer => {
  const buffer = Buffer.alloc(bytes)
  if (order === 'network') buffer.writeUIntBE(value, 0, bytes)
  else buffer.writeUIntLE(value, 0, bytes)
  return buffer
}

const family = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)

/** struct lb4_key, lb6_key: address, port, slot, protocol, scope, padding. */
const keyOf = ({ address, port, protocol, scope = 0 }: Entry, slot: number): Buffer =>
  Buffer.concat([
    ...[bytesOf(address), number(port, 2, 'network'), number(slot, 2)],
    ...[number(protocol, 1), number(scope, 1), number(0, 2)],
  ])

/** struct lb4_service: backend or timeout, count, reverse NAT, flags, more flags, held back. */
const valueOf = (union: number, count: number, flags: number, held: number): Buffer =>
  Buffer.concat([number(union, 4), number(count, 2), number(7, 2, 'network'), number(flags, 2), number(held, 2)])

const put = (map: string, key: Buffer, value: Buffer): string =>
  `put ${map} ${key.toString('hex')} ${value.toString('hex')}`

/** Maps of Cilium, of 1.13 and later, or of 1.11. */
export const ciliumMaps = (version: 'v2' | 'v3' = 'v3'): readonly MadeMap[] =>
  ([4, 6] as const).flatMap((of) => [
    { name: `cilium_lb${of}_services_v2`, key: of === 6 ? 24 : 12, value: 12 },
    { name: `cilium_lb${of}_backends_${version}`, key: 4, value: (of === 6 ? 20 : 8) + (version === 'v3' ? 4 : 0) },
  ])

/** Lines for {@link mapMaker}: every slot of an entry. */
export const entry = (made: Entry): readonly string[] => {
  const map = `cilium_lb${family(made.address)}_services_v2`
  const { ids, union = 0, flags = 0, held = 0 } = made
  return [
    put(map, keyOf(made, 0), valueOf(union, ids.length - held, flags, held)),
    ...ids.map((id, index) => put(map, keyOf(made, index + 1), valueOf(id, 0, flags, 0))),
  ]
}

/** A line for {@link mapMaker}: struct lb4_backend, lb6_backend. */
export const backend = ({ id, address, port }: Backend, version: 'v2' | 'v3' = 'v3'): string =>
  put(
    `cilium_lb${family(address)}_backends_${version}`,
    number(id, 4),
    Buffer.concat([
      ...[bytesOf(address), number(port, 2, 'network'), number(6, 1), number(0, 1)],
      ...(version === 'v3' ? [number(0, 4)] : []),
    ]),
  )

export const mapLine = ({ name, key, value }: MadeMap): string => `map ${name} ${key} ${value}`

/**
 * A program for perl that makes maps (BPF_MAP_CREATE 0 of BPF_MAP_TYPE_HASH), fills them (BPF_MAP_UPDATE_ELEM 2) and pins them
 * (BPF_OBJ_PIN 6), as lines of its stdin say.
 */
export const mapMaker = String.raw`
my $bpf = {62 => 321, 183 => 280, 243 => 280}->{do { open(my $p, "<", "/proc/self/exe"); read($p, my $e, 20); unpack("x18S", $e) }};
my (%fd, %size);
while (my $line = <STDIN>) {
  my ($what, $name, @more) = split " ", $line;
  if ($what eq "map") {
    my $make = pack("LLLLLx28", 1, $more[0] + 0, $more[1] + 0, 1024, 0);
    $fd{$name} = syscall($bpf, 0, $make, length $make);
    die "create $name: $!" if $fd{$name} < 0;
    my $path = "/sys/fs/bpf/tc/globals/$name\0"; my $pin = pack("pLL", $path, $fd{$name}, 0);
    syscall($bpf, 6, $pin, length $pin) == 0 or die "pin $name: $!";
    $size{$name} = [@more];
  } else {
    my ($key, $value) = map { pack("H*", $_) } @more;
    die "sizes $name" if length $key != $size{$name}[0] || length $value != $size{$name}[1];
    my $set = pack("Lx4ppx8", $fd{$name}, $key, $value);
    syscall($bpf, 2, $set, length $set) == 0 or die "update $name: $!";
  }
}
`
