# A node with pods that talk to a service, in namespaces of its own; run under `unshare --net --mount --pid --fork --mount-proc`.
# driver.pl NAMESPACES SOCKETS RUNS COMMAND...: prints `ours MS` and `plain MS` for each run, CPU of all children, and `told N`,
# the bytes of output. The command gets nothing from us; its output goes to nobody.
use strict;
use Socket;
my ($spaces, $sockets, $runs, @command) = @ARGV;
$| = 1;
sub must { system(@_) == 0 or die "@_ failed\n" }
must("mount -t tmpfs run /run && mkdir /run/netns && ip link set lo up && echo 1 >/proc/sys/net/ipv4/ip_forward");
must("ip link add bridge type bridge && ip address add 10.50.0.1/16 dev bridge && ip link set bridge up");
must("iptables -t nat -A PREROUTING -d 10.96.0.10 -p tcp --dport 80 -j DNAT --to-destination 10.50.0.1:7000");
my @names;
for my $i (1 .. $spaces) {
  my $address = "10.50." . (1 + int($i / 200)) . "." . (1 + $i % 200);
  must("ip netns add p$i && ip link add v$i type veth peer name eth0 netns p$i && ip link set v$i master bridge up");
  must("ip -n p$i link set lo up && ip -n p$i address add $address/16 dev eth0 && ip -n p$i link set eth0 up && ip -n p$i route add default via 10.50.0.1");
  push @names, "p$i";
}
# A process in each, by which it is found.
for (@names) { next if fork; open(STDOUT, ">", "/dev/null"); exec("nsenter", "--net=/run/netns/$_", "sleep", "3600") }
chomp(my $machine = `uname -m`);
my $setns = $machine eq "x86_64" ? 308 : 268;
open(my $home, "<", "/proc/self/ns/net") or die;
socket(my $listener, PF_INET, SOCK_STREAM, 0) or die;
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
bind($listener, pack_sockaddr_in(7000, inet_aton("10.50.0.1"))) && listen($listener, 4096) or die;
my @pairs;
for (@names) {
  open(my $space, "<", "/run/netns/$_") or die;
  syscall($setns, fileno($space), 0x40000000) == 0 or die "setns: $!";
  for (1 .. $sockets) {
    socket(my $near, PF_INET, SOCK_STREAM, 0) or die;
    connect($near, pack_sockaddr_in(80, inet_aton("10.96.0.10"))) or die "connect: $!";
    accept(my $far, $listener) or die;
    push @pairs, [$near, $far];
  }
}
syscall($setns, fileno($home), 0x40000000);
sub talk { for (@pairs) { my ($near, $far) = @$_; my $x; syswrite($near, "x"); sysread($far, $x, 1); syswrite($far, "y"); sysread($near, $x, 1) } }
sub spent { my @t = times; 1000 * ($t[2] + $t[3]) }
for (1 .. $runs) {
  talk(); talk();
  my $from = spent();
  my $output = "";
  open(my $ours, "-|", @command) or die; { local $/; $output = <$ours> } close($ours);
  my $between = spent();
  printf("ours %.1f\ntold %d\n", $between - $from, length $output);
  my ($first) = $output =~ /^(sockets .*)$/m;
  my ($asked) = $output =~ /^(asked .*)$/m;
  print "$first\n$asked\n";
  for (@names) { system("nsenter --net=/run/netns/$_ ss -tinH state established >/dev/null") }
  system("ss -tinH state established >/dev/null");
  printf("plain %.1f\n", spent() - $between);
}
