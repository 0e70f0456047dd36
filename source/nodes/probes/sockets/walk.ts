import { moduleInPerl } from '../../kernel-module.ts'
import { attributeInPerl, senderInPerl, setnsInPerl } from '../../netlink-in-perl.ts'

/**
 * Enters all network namespaces in turn and reads TCP_INFO of their sockets from the kernel. Arguments: the most sockets that
 * are told, groups of them, and questions to the connection tracking; ends of kntop's own connections, `ADDRESS PORT` between
 * commas.
 *
 * The request is the old TCPDIAG_GETSOCK (18) of linux/inet_diag.h: it alone gives both families in one walk of the kernel's
 * table, whose length is what a namespace costs. A namespace whose CurrEstab is 0 is not entered. Numbers below are those of
 * linux/tcp.h (tcp_info: last_data_sent 44, last_ack_recv 56, rtt 68, total_retrans 100, min_rtt 148), linux/netlink.h and
 * linux/netfilter/nfnetlink_conntrack.h (IPCTNL_MSG_CT_GET 0x101 by CTA_TUPLE_ORIG; of the answer the CTA_TUPLE_REPLY).
 *
 * Neither question is put where the kernel would load a module for it.
 *
 * Whether a peer is translated is asked of three sockets to it; only where it is, of all. No modules of perl: the smallest
 * perl has none, and loading one costs more than all of this.
 */
export const walk = String.raw`
my ($most, $groups, $questions, $ownends) = @ARGV;
alarm 8;
sub refuse { print "refused $_[0]\n"; exit 0 }
${moduleInPerl.trim()}
module("tcp_diag") && module("inet_diag") or refuse("module");
${setnsInPerl.trim()}
sub packed {
  my $a = $_[0]; $a =~ s/%.*//; $a =~ s/^::ffff:(?=\d+\.)//i;
  return pack("C4", split(/\./, $a)) if $a =~ /^\d+(?:\.\d+){3}$/;
  return undef unless $a =~ /^[0-9a-f:]+$/i;
  my ($l, $r) = split(/::/, $a, 2);
  my @l = map { hex } split(/:/, $l); my @r = map { hex } split(/:/, defined $r ? $r : "");
  return @l + @r > 8 ? undef : pack("n8", @l, (0) x (8 - @l - @r), @r);
}
my %own; my @client = split(/ /, $ENV{SSH_CONNECTION} || "");
for ([@client[0, 1]], map { [split / /] } split(/,/, $ownends)) {
  my $a = defined $_->[1] ? packed($_->[0]) : undef;
  $own{$a . pack("n", $_->[1])} = 1 if defined $a;
}
my ($home, %pid) = readlink("/proc/self/ns/net");
defined $home && opendir(my $proc, "/proc") or refuse("proc");
while (defined(my $p = readdir $proc)) {
  next unless $p =~ /^[1-9]/;
  my $n = readlink("/proc/$p/ns/net");
  $pid{$n} = $p if defined $n && !exists $pid{$n};
}
$pid{$home} = "self";
my @order = sort grep { $_ ne $home } keys %pid;
push @order, splice(@order, 0, int(rand(@order)));
unshift @order, $home;
my ($any, $mapped, $loop) = ("\0" x 16, ("\0" x 10) . "\xff\xff", ("\0" x 15) . "\1");
my ($asked, $unasked, $ct) = (0, 0);
-e "/proc/sys/net/netfilter/nf_conntrack_max" && module("nf_conntrack_netlink") && socket($ct, 16, 3, 12) or undef $ct;
sub attr { pack("SS", 4 + length $_[1], $_[0]) . $_[1] . ("\0" x (-length($_[1]) & 3)) }
${attributeInPerl.trim()}
${senderInPerl.trim()}
my $sequence = 0;
sub ask {
  my ($peer, $port, @all) = @_; my @said; my $six = length($peer) == 16 ? 2 : 0;
  while (@all) {
    my @some = splice(@all, 0, 16); my @got = (undef) x @some; my $out = ""; my $base = $sequence;
    for (@some) {
      my $tuple = attr(0x8001, attr(0x8001, attr(1 + $six, $_->[4]) . attr(2 + $six, $peer))
        . attr(0x8002, attr(1, chr 6) . attr(2, $_->[5]) . attr(3, $port)));
      $out .= pack("LSSLLCCn", 20 + length $tuple, 0x101, 1, $sequence++, 0, $six ? 10 : 2, 0, 0) . $tuple;
    }
    $asked += @some;
    my $left = send($ct, $out, 0) ? @some : 0;
    while ($left-- > 0) {
      my $ready = ""; vec($ready, fileno($ct), 1) = 1;
      my $b; my $from = select($ready, undef, undef, 0.5) > 0 ? recv($ct, $b, 8192, 0) : undef;
      last unless defined $from;
      next if ofAnother($from);
      my ($l, $t, $q) = unpack("LSxxL", $b); $q -= $base;
      next if $t == 2 || $q < 0 || $q >= @some || $l > length $b;
      my @r = inside(20, $l, 2, $b) or next;
      my @ip = inside(@r, 1, $b) or next; my @pr = inside(@r, 2, $b) or next;
      my @a = inside(@ip, 1 + $six, $b) or next; my @p = inside(@pr, 2, $b) or next;
      $got[$q] = substr($b, $a[0], $a[1] - $a[0]) . substr($b, $p[0], 2);
    }
    push @said, @got;
  }
  return @said;
}
sub established {
  open(my $f, "<", "/proc/$_[0]/net/snmp") or return undef; my @names;
  while (<$f>) {
    next unless /^Tcp:/;
    if (!@names) { @names = split; next }
    my @v = split;
    for (0 .. $#names) { return $v[$_] if $names[$_] eq "CurrEstab" }
  }
  return undef;
}
my $request = pack("LSSLLCCCCx48LL", 76, 18, 0x301, 1, 0, 0, 0, 0, 2, 1 << 1 | 1 << 10, 0);
my ($told, $left, $read, $info, %group) = (0, 0, 0, 0);
sub look {
  my ($ishome, $room, $expected) = @_; my (%here, %listens, %client, %server); my ($n, $done, $broken, $s) = (0, 0, 0);
  socket($s, 16, 3, 4) && send($s, $request, 0) or $ishome ? refuse("diag") : return 0;
  while (!$done) {
    my ($user, $system) = times; $broken = 1, last if $user + $system > 0.9;
    my $ready = ""; vec($ready, fileno($s), 1) = 1;
    my $b; my $from = select($ready, undef, undef, 2) > 0 ? recv($s, $b, 65536, 0) : undef;
    $broken = 1, last unless defined $from;
    next if ofAnother($from);
    my ($o, $end, $next) = (0, length $b); $done = $end < 16;
    for (; $o + 16 <= $end; $o = $next) {
      my ($l, $t) = unpack("LS", substr($b, $o, 6)); $next = $o + (($l + 3) & ~3);
      if ($t == 2 || $t == 3 && $l >= 20 && unpack("l", substr($b, $o + 16, 4)) < 0) {
        refuse("diag") if $ishome;
        $broken = $done = 1, last;
      }
      $broken = $done = 1, last if $l < 16 || $o + $l > $end;
      $done = 1, last if $t == 3;
      next if $l < 88;
      my ($family, $state, $sport, $dport, $src, $dst, $inode) = unpack("CCxxa2a2a16a16x28L", substr($b, $o + 16, 72));
      if ($family == 2) { $src = substr($src, 0, 4); $dst = substr($dst, 0, 4) }
      else { for ($src, $dst) { $_ = substr($_, 12) if substr($_, 0, 12) eq $mapped } }
      if ($state == 10) { $listens{$src =~ /[^\0]/ ? $src . $sport : $sport} = 1; next }
      next if length $dst == 4 ? $dst =~ /^\x7f/ : $dst eq $loop;
      $here{$src} = 1;
      next if $n++ >= $room;
      my $at = $info;
      if (!$at || $at + 4 > $l || unpack("xxS", substr($b, $o + $at, 4)) != 2) {
        ($at) = inside($o + 88, $o + $l, 2, $b);
        next unless defined $at;
        $info = $at -= 4 + $o;
      }
      my $size = unpack("S", substr($b, $o + $at, 2)) - 4;
      next if $size < 104 || $at + 4 + $size > $l;
      next if $ishome && %own && ($own{$dst . $dport} || $own{$src . $sport});
      my ($sent, $acked, $rtt, $again) = unpack("x44Lx8Lx8Lx28L", substr($b, $o + $at + 4, 104));
      my $least = $size >= 152 ? unpack("L", substr($b, $o + $at + 152, 4)) : 0;
      $rtt = 0 unless $sent < 5000 && $acked < 5000;
      my $one = [$inode, $rtt, $least, $again, $src, $sport];
      if ($listens{$sport} || $listens{$src . $sport}) { push @{$server{$dst}{$src . $sport}}, $one }
      else { push @{$client{$dst}{$dport}}, $one }
    }
  }
  $left += $expected - $n if $broken && $n < $expected;
  if ($n > $room) { $left += $n - $room; $n = $room }
  $told += $n;
  for (keys %server, keys %client) {
    delete $server{$_}, delete $client{$_} if $here{$_};
  }
  for my $ends (values %server) {
    for my $end (keys %$ends) { push @{$group{"s " . unpack("H*", $end) . " -"}}, @{$ends->{$end}} }
  }
  for my $peer (keys %client) {
    for my $port (keys %{$client{$peer}}) {
      my @all = @{$client{$peer}{$port}}; my $end = $peer . $port; my $to = "c " . unpack("H*", $end) . " ";
      my @said;
      if ($ct) {
        for my $until (3, scalar @all) {
          my $count = ($until < @all ? $until : @all) - @said;
          $count = $questions - $asked if $count > $questions - $asked;
          push @said, ask($peer, $port, @all[@said .. @said + $count - 1]) if $count > 0;
          last unless grep { defined && $_ ne $end } @said;
        }
        if (!@said || grep { defined && $_ ne $end } @said) { $unasked += @all - @said }
        else { my $same = (grep { !defined } @said) ? undef : $end; push @said, ($same) x (@all - @said) }
      }
      for (0 .. $#all) {
        my $by = $said[$_];
        push @{$group{$to . (!defined $by ? "?" : $by eq $end ? "=" : unpack("H*", $by))}}, $all[$_];
      }
    }
  }
  return !$broken;
}
my $share = int($most / 4);
for my $n (@order) {
  my ($user, $system) = times;
  last if $user + $system > 0.6;
  my $e = established($pid{$n});
  next unless defined $e;
  if ($e == 0) { $read++; next }
  if ($told >= $most) { $left += $e; next }
  if ($n ne $home) {
    open(my $space, "<", "/proc/$pid{$n}/ns/net") or next;
    next unless (readlink("/proc/$pid{$n}/ns/net") || "") eq $n;
    syscall($setns, fileno($space), 0x40000000) == 0 or refuse("setns $!");
  }
  my $room = $most - $told;
  $room = $share if $n ne $home && $room > $share;
  $read++ if look($n eq $home, $room, $e);
}
my $out = sprintf("namespaces %d %d\nsockets %d %d\nasked %s %d %d\n", $read, scalar @order, $told, $left, $ct ? "yes" : "no", $asked, $unasked);
my @keys = sort { @{$group{$b}} <=> @{$group{$a}} || $a cmp $b } keys %group;
if (@keys > $groups) { $group{"o - -"} = [map { @{$group{$_}} } splice(@keys, $groups)]; push @keys, "o - -" }
for my $key (@keys) {
  my ($least, $before, $items) = (0, 0, "");
  for (sort { $a->[0] <=> $b->[0] } @{$group{$key}}) {
    my ($inode, $rtt, $floor, $again) = @$_;
    $items .= sprintf(" %x", $inode - $before);
    $items .= $rtt ? sprintf(",%x", $rtt) : "," if $rtt || $again;
    $items .= sprintf(",%x", $again) if $again;
    $before = $inode;
    $least = $floor if $rtt && $floor && $floor != 0xffffffff && (!$least || $floor < $least);
  }
  $out .= sprintf("%s %x%s\n", $key, $least, $items);
}
print $out, "end\n";
`
