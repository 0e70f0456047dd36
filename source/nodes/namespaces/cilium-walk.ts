import { callInPerl } from '../netlink-in-perl.ts'
import { mostFronts, pinFolders } from './cilium-keys.ts'

/** Backends of one entry that are looked up, and of all. */
export const mostOfFront = 256
const mostSlots = 4096

/** Lines of /proc/net/fib_trie, in which the addresses of the node are: two or three for each route. */
const mostLines = 100_000

/**
 * Looks up keys in the BPF maps in which Cilium keeps services. Argument: keys of its services in hexadecimal digits, parted by
 * blanks; one with the address 0 stands for a port of the node, which is looked up at each of its addresses, too.
 *
 * Single keys are asked for, the maps are never gone through: they hold the services of the whole cluster. They are opened for
 * reading only (BPF_F_RDONLY, 8). What is asked of bpf(2): BPF_OBJ_GET 7, BPF_OBJ_GET_INFO_BY_FD 15, BPF_MAP_LOOKUP_ELEM 1.
 *
 * Layouts are those of struct lb4_service and lb4_backend and their twins in Cilium's bpf/lib/lb.h (once common.h): a
 * service 12 bytes (backend or timeout u32, count u16, reverse NAT u16, flags, more flags, backends held back u16), the same
 * for each of its backends in the slots 1 to count; a backend address, port, protocol, flags: 8 or 20 bytes in _v2 (1.11, 1.12),
 * with the cluster 12 or 24 in _v3 (since 1.13). A map of another kind (BPF_MAP_TYPE_HASH 1) or with other sizes is not read.
 *
 * Cilium 1.17 began to keep entries by protocol, before it was 0 (ANY): what is not there is asked for as that. The address of
 * the node that serves an entry is any of its own.
 */
export const ciliumWalk = String.raw`
alarm 6;
sub refuse { print "refused $_[0]\n"; exit 0 }
${callInPerl('bpf', 321, 280).trim()}
refuse("machine") if ord(substr($elf, 5, 1)) != 1;
my ($pins) = grep { -e "$_/cilium_lb4_services_v2" || -e "$_/cilium_lb6_services_v2" } qw(${pinFolders.join(' ')});
defined $pins or refuse("pins");
print "pins $pins\n";
my (%maps, $fronts, $slots, $left); $fronts = $slots = $left = 0;
sub opened {
  my ($name, $keys, @values) = @_; my ($path, $size) = ("$pins/$name\0", 80);
  my $get = pack("pLL", $path, 0, 8);
  my $fd = syscall($bpf, 7, $get, length $get);
  if ($fd < 0) { print $! + 0 == 2 ? "unpinned $name\n" : "closed $name $!\n"; return undef }
  my $info = "\0" x $size; my $ask = pack("LLp", $fd, $size, $info);
  if (syscall($bpf, 15, $ask, length $ask) != 0) { print "closed $name $!\n"; return undef }
  my ($type, $id, $key, $value) = unpack("L4", $info);
  return [$fd, $value] if $type == 1 && $key == $keys && grep { $_ == $value } @values;
  print "layout $name $type $key $value\n";
  return undef;
}
sub maps {
  my $six = $_[0]; my $f = $six ? 6 : 4;
  return $maps{$f} if exists $maps{$f};
  $maps{$f} = undef;
  my $services = opened("cilium_lb" . $f . "_services_v2", $six ? 24 : 12, 12) or return undef;
  my ($version) = grep { -e "$pins/cilium_lb" . $f . "_backends$_" } "_v3", "_v2", "";
  $version = "_v3" unless defined $version;
  my $backends = opened("cilium_lb" . $f . "_backends$version", 4, ($six ? 20 : 8) + ($version eq "_v3" ? 4 : 0)) or return undef;
  print "backends $f cilium_lb" . $f . "_backends$version\n";
  return $maps{$f} = [$services, $backends];
}
sub found {
  my ($map, $key) = @_; my $value = "\0" x $map->[1];
  my $ask = pack("Lx4ppx8", $map->[0], $key, $value);
  return $value if syscall($bpf, 1, $ask, length $ask) == 0;
  refuse("lookup $!") if $! + 0 != 2;
  return undef;
}
sub own {
  my @own;
  if ($_[0]) {
    open(my $f, "<", "/proc/net/if_inet6") or return;
    while (<$f>) { push @own, pack("H32", $1) if /^([0-9a-f]{32}) \w+ \w+ 00 / && @own < ${mostFronts} }
  } else {
    open(my $f, "<", "/proc/net/fib_trie") or return; my ($a, %seen) = "";
    while (<$f>) {
      if (/\|-- (\d+\.\d+\.\d+\.\d+)$/) { $a = $1 }
      elsif (m{/32 host LOCAL} && $a !~ /^127\./ && !$seen{$a}++) { push @own, pack("C4", split(/\./, $a)) }
      if (@own >= ${mostFronts} || $. > ${mostLines}) { $left++; last }
    }
  }
  return @own;
}
my (@keys, @nodes, %own, %backend);
for (split / /, $ARGV[0]) {
  my $key = pack("H*", $_); my $wide = length $key == 24 ? 16 : 4;
  next unless length $key == $wide + 8;
  push @keys, $key;
  push @nodes, $key if substr($key, 0, $wide) !~ /[^\0]/;
}
for my $key (@nodes) {
  my $six = length $key == 24; my $wide = $six ? 16 : 4;
  $own{$six} = [own($six)] unless $own{$six};
  push @keys, map { $_ . substr($key, $wide) } @{$own{$six}};
}
for my $key (@keys) {
  my $six = length $key == 24; my $wide = $six ? 16 : 4;
  my $maps = maps($six) or next;
  my ($user, $system) = times;
  if ($fronts++ >= ${mostFronts} || $user + $system > 0.9) { $left++; next }
  my $asked = ord(substr($key, $wide + 4, 1));
  for my $scope (0, 1) {
    for my $protocol ($asked, 0) {
      substr($key, $wide + 4, 2) = pack("CC", $protocol, $scope);
      my $service = found($maps->[0], $key);
      next unless defined $service;
      my ($union, $count, $flags, $more, $held) = unpack("LSx2CCS", $service);
      my @ids;
      for my $slot (1 .. $count) {
        last if @ids >= ${mostOfFront} || $slots++ >= ${mostSlots};
        my $at = $key; substr($at, $wide + 2, 2) = pack("S", $slot);
        my $one = found($maps->[0], $at);
        push @ids, defined $one ? unpack("L", $one) : "-";
      }
      for my $id (@ids) {
        next if $id eq "-" || exists $backend{"$six $id"};
        my $value = found($maps->[1], pack("L", $id));
        $backend{"$six $id"} = 1;
        print "backend ", $six ? 6 : 4, " $id ", defined $value ? unpack("H*", substr($value, 0, $wide + 2)) : "-", "\n";
      }
      print "front $asked ", unpack("H*", $key), " $union $count ", $flags | $more << 8, " $held ", join(",", @ids), "\n";
      last;
    }
  }
}
print "left $left\nend\n";
`.trim()
