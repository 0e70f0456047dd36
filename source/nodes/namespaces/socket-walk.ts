import { commandLease } from '../command-runner.ts'
import { moduleInPerl } from '../kernel-module.ts'
import { attributeInPerl, senderInPerl, setnsInPerl } from '../netlink-in-perl.ts'
import { goneStatus } from './find-script.ts'
import { mostFiles, mostInTable, mostOf, mostProcesses, mostWithHolders, mostWithInfo } from './socket-bounds.ts'

/** How it ends where it cannot look, before it is asked; and where it was asked and has answered nothing. */
export const [unfitStatus, unansweredStatus] = [3, 4] as const

/**
 * Which process stands for the namespace. It is sought by a shell; as long as the same one lives, in the same group, it stays: its
 * start time, its groups and its namespace are asked at the beginning of each look, and its start time and namespace at the end.
 */
const standing = String.raw`
my ($pid, $whose, $way, $start);
sub begun {
  open(my $h, "<", "/proc/$_[0]/stat") or return undef;
  local $/; my $s = <$h>; defined $s or return undef;
  $s =~ s/.*\)//s; return (split(" ", $s))[19];
}
sub belongs {
  return 1 if !@ids || $way eq "crictl" || $way eq "ctr";
  open(my $h, "<", "/proc/$pid/cgroup") or return 0;
  while (my $l = <$h>) {
    next if $l =~ /crio-conmon-/;
    chomp $l; my ($first, $second) = $l =~ /(pod[0-9a-f].*)/ ? split(m{/}, $1) : ($l, "");
    for (@ids) { return 1 if index("$first/" . (defined $second ? $second : ""), $_) >= 0 }
  }
  return 0;
}
sub stands {
  defined $pid or return 0;
  my $now = begun($pid);
  defined $now && (!defined $start || $now eq $start) && defined readlink("/proc/$pid/ns/net") && belongs() or return 0;
  $start = $now; return 1;
}
sub search {
  ($pid, $whose, $way, $start) = ();
  open(my $h, "-|", "sh", "-c", $find, "sh", @place) or return;
  my @said = <$h>; close $h; chomp @said;
  ($pid, $whose, $way) = @said if @said == 3 && $said[0] =~ /^[1-9]\d*$/;
}
`.trim()

/** Sets `$lines`, `$all`, `$whole` and `%wanted` from what the kernel answers to one question. */
const listing = String.raw`
my ($spent, $few, $whole, $all, $lines, %at, %wanted, %kept);
my $none = "\0" x 208;
sub late { my ($user, $system) = times; return $user + $system - $spent > 0.9 }
sub tcp { return pack("LSSLLCCCCx48LL", 76, 18, 0x301, 1, 0, 0, 0, 0, $_[1], $_[0], 0) }
sub list {
  my ($letter, $request, $s, $b) = @_;
  socket($s, 16, 3, 4) && send($s, $request, 0) or refuse();
  while (1) {
    return $whole = 0 if late();
    my $from = recv($s, $b, 65536, 0);
    defined $from or refuse();
    next if ofAnother($from);
    length $b >= 16 or refuse();
    my ($end, $next) = (length $b, 0);
    for (my $o = 0; $o + 16 <= $end; $o = $next) {
      my ($l, $t) = unpack("LS", substr($b, $o, 6)); $next = $o + (($l + 3) & ~3);
      refuse() if $l < 16 || $o + $l > $end || $t == 2 || $t == 3 && $l >= 20 && unpack("l", substr($b, $o + 16, 4)) < 0;
      return if $t == 3;
      next if $l < 88;
      $all++;
      my $four = unpack("C", substr($b, $o + 16, 1)) == 2; my ($own, $p, @info) = (0);
      my ($state, @told) = unpack($four ? "xCxxH8H8x12H8x28LLx4L" : "xCxxH8H32H32x16LLx4L", substr($b, $o + 16, 72));
      if ($few) { next if $all > ${2 * mostWithInfo} }
      elsif ($state == 10 || $state == 7) { next if $kept{waiting}++ >= ${mostOf.waiting} }
      elsif ($told[3] || $told[4]) { next if $kept{queued}++ >= ${mostOf.queued} }
      elsif ($state == 6) { next if $kept{over}++ >= ${mostOf.over} }
      else { next if $kept{quiet}++ >= ${mostOf.quiet} }
      if ($state == 10 || $state == 7) {
        ($p) = inside($o + 88, $o + $l, 11, $b) unless $four;
        $own = defined $p && unpack("C", substr($b, $p, 1));
      } elsif ($few && $l >= 196) {
        $p = $at{$four};
        if (!$p || $p + 4 > $l || unpack("xxS", substr($b, $o + $p, 4)) != 2) {
          ($p) = inside($o + 88, $o + $l, 2, $b);
          $p -= 4 + $o, $at{$four} = $p if defined $p;
        }
        my $size = defined $p ? unpack("S", substr($b, $o + $p, 2)) - 4 : 0;
        @info = ($size, unpack("x68Lx28Lx16QQx12Lx48Q", substr($b, $o + $p + 4, $size) . $none)) if $size >= 104 && $p + 4 + $size <= $l;
      }
      $wanted{$told[5]} = 1;
      $lines .= join(" ", $own ? uc $letter : $letter, $state, @told, @info) . "\n";
    }
  }
}
`.trim()

/** Which processes of the pod hold the sockets that are wanted: what a name may be is the pod's choice, and how many files. */
const holding = String.raw`
sub holding {
  my ($group, @process) = (undef, $pid);
  if (open(my $h, "<", "/proc/$pid/cgroup")) {
    LINE: while (my $l = <$h>) {
      chomp $l; (split(/:/, $l, 3))[2] =~ m{^(.*kubepods.*)/} or next;
      for ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/pids") { if (-d "$_$1") { $group = "$_$1"; last LINE } }
    }
  }
  if (defined $group && opendir(my $below, $group)) {
    for my $name (sort grep { !/^\./ } readdir $below) {
      last if late();
      open(my $h, "<", "$group/$name/cgroup.procs") or next;
      while (@process <= ${mostProcesses} && defined(my $q = <$h>)) { chomp $q; push @process, $q if $q =~ /^\d+$/ && $q != $pid }
      last if @process > ${mostProcesses};
    }
  }
  my ($asked, $names, $passed, $held) = (0, "", "", "");
  for my $q (@process) {
    last if $asked >= ${mostProcesses};
    open(my $c, "<", "/proc/$q/comm") or next;
    my $name = <$c>; defined $name or next; chomp $name;
    my $size = 0;
    if (open(my $h, "<", "/proc/$q/status")) { while (<$h>) { if (/^FDSize:\s+(\d+)/) { $size = $1; last } } }
    if ($size > ${mostFiles} || late()) { $passed .= " $q"; next }
    $names .= "$q $name\n"; $asked++;
    opendir(my $files, "/proc/$q/fd") or next;
    my ($mine, $count) = ("", 0);
    while (defined(my $f = readdir $files)) {
      # It has opened others meanwhile.
      if ($count++ > ${mostFiles}) { $passed .= " $q"; last }
      my $to = readlink("/proc/$q/fd/$f");
      $mine .= " $1" if defined $to && $to =~ /^socket:\[(\d+)/ && delete $wanted{$1};
    }
    $held .= "$q$mine\n" if $mine;
  }
  return "\n$m names\n$names" . ($passed ? "\n$m passed\n$passed\n" : "") . "\n$m held\n$held";
}
`.trim()

/** One look: what it says, and how it ends. It is back in its own namespace then. */
const looking = String.raw`
sub seen {
  my ($out, $counted, %used) = ("", 0); alarm 8;
  for my $f ("sockstat", "sockstat6") {
    open(my $h, "<", "/proc/self/net/$f") or next;
    while (<$h>) {
      my @w = split;
      next unless $w[0] =~ /^(?:TCP|UDP)6?:$/;
      $counted += $used{$w[0]} = $w[2] + ($w[0] eq "TCP:" && $w[5] eq "tw" ? $w[6] : 0);
    }
  }
  exists $used{"TCP:"} or refuse();
  ($few, $whole, $all, $lines, %wanted, %kept) = ($counted <= ${mostWithInfo}, 1, 0, "");
  if (module("udp_diag")) {
    for ([2, "UDP:"], [10, "UDP6:"]) { list("u", pack("LSSLLCCCxLx48", 72, 20, 0x301, 1, 0, $_->[0], 17, 0, 0xfff)) if $used{$_->[1]} }
  } else {
    $out = sprintf("\n%s order\n%x\n", $m, unpack("S", "Na"));
    for my $f ("udp", "udp6") {
      open(my $h, "<", "/proc/self/net/$f") or next;
      $out .= "\n$m $f\n";
      while (<$h>) { last if $. > ${mostInTable}; $out .= $_; $wanted{(split)[9]} = 1 }
    }
  }
  list("t", tcp(0x1ffe, $few ? 2 : 0)) if $used{"TCP:"} || $used{"TCP6:"};
  $out = "\n$m count\n$counted\n\n$m " . ($few ? "few" : "most") . "\n$lines" . ($whole ? "end" : "part") . " $all\n$out";
  return $counted <= ${mostWithHolders} && $pid != $$ ? $out . holding() : $out;
}
sub look {
  my $out = "\n$m footing\n";
  stands() or search(), stands() or return defined $pid ? ("$out$pid root\n$way\n\n", ${goneStatus}) : ($out . "none\n", 0);
  my $space = readlink("/proc/$pid/ns/net");
  open(my $door, "<", "/proc/$pid/ns/net") or return ("$out$pid root\n$way\n$start\n", ${goneStatus});
  $out .= "$pid root\n$way\n$start\n";
  for ($pid, 1, "self") { my $n = readlink("/proc/$_/ns/net"); $out .= "$1 /proc/$_/ns/net\n" if defined $n && $n =~ /(\d+)/ }
  $whose eq "node" || enter($door, $space) or refuse();
  $out .= seen();
  $whose eq "node" || enter($home, $here) or refuse();
  my $now = begun($pid);
  return ($out, defined $now && $now eq $start && (readlink("/proc/$pid/ns/net") || "") eq $space ? 0 : ${goneStatus});
}
`.trim()

/**
 * Tells the sockets of a pod's namespace, and who holds them, each time that it is asked: a program that is held costs less than a
 * third of runs of `stat`, `nsenter` with `ss`, and `ls`, whose beginnings cost most. It takes the place of the loop that runs a
 * command, and speaks as that does. Arguments: the marker of that loop's answers; after how many seconds without a word it ends,
 * as `-t 60`, or nothing where a shell does not know how: perl does; a text for a shell that seeks the process; and the words for that: the marker of sections, whose
 * namespace it is, and the ids of a pod.
 *
 * TCP is asked for by the old TCPDIAG_GETSOCK (18) of linux/inet_diag.h, which alone gives both families in one walk of the
 * kernel's table, UDP by SOCK_DIAG_BY_FAMILY (20), and only what there is: a question walks the table of the whole machine. No
 * question is put where the kernel would load a module for it: without udp_diag UDP's own tables are read, without tcp_diag it
 * is unfit. Numbers are those of linux/inet_diag.h (inet_diag_msg; INET_DIAG_INFO 2, INET_DIAG_SKV6ONLY 11) and linux/tcp.h
 * (tcp_info: rtt 68, total_retrans 100, bytes_acked 120, bytes_received 128, min_rtt 148, bytes_sent 200).
 *
 * Between looks it is in its own namespace, for one that a process is in lives as long as that. No modules of perl: the smallest
 * perl has none. No single quotes: it is a word of a shell.
 */
export const socketWalk = String.raw`
my ($frame, $limit, $find, @place) = @ARGV;
my ($m, @ids) = @place[0, 3 .. $#place];
my $asked = 0;
sub refuse { exit($asked ? ${unansweredStatus} : ${unfitStatus}) }
${moduleInPerl.trim()}
${setnsInPerl.trim()}
${attributeInPerl.trim()}
${senderInPerl.trim()}
open(my $home, "<", "/proc/self/ns/net") or refuse();
my $here = readlink("/proc/self/ns/net");
sub enter { return syscall($setns, fileno($_[0]), 0x40000000) == 0 && (readlink("/proc/self/ns/net") || "") eq $_[1] }
${standing}
${listing}
${holding}
${looking}
($spent, $few, $whole, $all, $lines) = (0, 1, 1, 0, "");
module("tcp_diag") && module("inet_diag") && enter($home, $here) or refuse();
list("t", tcp(1 << 10, 0));
$| = 1;
my ($wait, $read) = ($limit =~ /(\d+)/ ? $1 : ${commandLease}, "");
while (1) {
  my $ready = ""; vec($ready, 0, 1) = 1;
  select($ready, undef, undef, $wait) or last;
  sysread(STDIN, $read, 4096, length $read) or last;
  while ($read =~ s/^(.*)\n//) {
    next if $1 eq "-";
    $asked = 1; $spent = (times)[0] + (times)[1];
    my ($out, $status) = eval { look() };
    defined $status or refuse();
    # Where nobody hears it any more it ends, too.
    alarm $wait; $asked = 0;
    my ($user, $system, $users, $systems) = times;
    print "$frame begin\n$out\n$frame end $status\n0m0s 0m0s\n", sprintf("0m%.2fs 0m%.2fs\n", $user + $users, $system + $systems), "$frame done\n";
    alarm 0;
  }
}
`.trim()
