# A node with pods that talk to each other, in namespaces of its own; run under `unshare --net --mount --pid --fork --mount-proc`.
# machine.pl PODS CONNECTIONS: each pod opens so many connections to the next one, every other of them by way of a service, and has as
# many from the one before; a byte goes there and back on each every 2 s. Prints `ready` when all are established, and stays.
use strict;
use Socket;
use IO::Handle;
use IO::Select;
my ($pods, $connections) = @ARGV;
$| = 1;
sub must { system(@_) == 0 or die "@_ failed\n" }
sub feed { my ($input, @command) = @_; open(my $to, "|-", @command) or die "$command[0]: $!"; print $to $input; close($to) or die "@command failed\n" }
sub address { my ($net, $i) = @_; "$net." . (1 + int($i / 200)) . "." . (1 + $i % 200) }
chomp(my $machine = `uname -m`);
my $unshare = $machine eq "x86_64" ? 272 : 97;
must("ip link set lo up && echo 1 >/proc/sys/net/ipv4/ip_forward");

sub established {
  my ($to, $port) = @_;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die;
  connect($socket, pack_sockaddr_in($port, inet_aton($to))) or die "connect to $to: $!\n";
  return $socket;
}

# What a pod does, told line by line by its parent.
sub pod {
  my ($orders) = @_;
  syscall($unshare, 0x40000000) == 0 or die "unshare: $!\n";
  syswrite($orders, "there\n");
  socket(my $listener, PF_INET, SOCK_STREAM, 0) or die;
  <$orders> or exit;
  bind($listener, pack_sockaddr_in(7000, INADDR_ANY)) && listen($listener, 128) or die "listen: $!\n";
  syswrite($orders, "listening\n");
  my $to = <$orders> or exit;
  my ($direct, $service) = split(" ", $to);
  my @near = map { $_ % 2 ? established($service, 80) : established($direct, 7000) } 1 .. $connections;
  syswrite($orders, "connected\n");
  my (%is_far, $far); my $all = IO::Select->new(@near, $orders);
  while (keys %is_far < $connections) { accept($far, $listener) or die; $is_far{fileno $far} = $far; $all->add($far); undef $far }
  for (my $next = 0;;) {
    if ($next <= time) { syswrite($_, "x") for @near; $next = time + 2 }
    for my $socket ($all->can_read(1)) {
      exit unless sysread($socket, my $text, 4096);
      syswrite($socket, $text) if $is_far{fileno $socket};
    }
  }
}

my @all;
for my $i (0 .. $pods - 1) {
  socketpair(my $near, my $far, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;
  my $pid = fork;
  if ($pid == 0) { close($near); close($_->{orders}) for @all; pod($far); exit }
  close($far);
  push @all, { pid => $pid, orders => $near, address => address("10.50", $i), service => address("10.96", $i) };
}
sub order { my ($pod, $order) = @_; syswrite($pod->{orders}, "$order\n") }
sub said { my ($pod, $word) = @_; my $line = readline($pod->{orders}); defined $line && $line eq "$word\n" or die "a pod is not $word\n" }

my ($links, $rules) = ("", "*nat\n");
for my $i (0 .. $#all) {
  my ($pod, $at) = ($all[$i], $all[$i]{address});
  said($pod, "there");
  $links .= "link add v$i type veth peer name eth0 netns $pod->{pid}\nlink set v$i up\n"
    . "address add 169.254.1.1/32 dev v$i\nroute add $at/32 dev v$i\n";
  $rules .= "-A PREROUTING -d $pod->{service} -p tcp --dport 80 -j DNAT --to-destination $at:7000\n";
}
feed($links, "ip", "-batch", "-");
feed("${rules}COMMIT\n", "iptables-restore") if @all;
for my $pod (@all) {
  feed("link set lo up\naddress add $pod->{address}/32 dev eth0\nlink set eth0 up\nroute add 169.254.1.1 dev eth0\n"
    . "route add default via 169.254.1.1\n", "nsenter", "--target=$pod->{pid}", "--net", "ip", "-batch", "-");
  order($pod, "listen");
  said($pod, "listening");
}
for my $i (0 .. $#all) { my $next = $all[($i + 1) % @all]; order($all[$i], "$next->{address} $next->{service}") }
said($_, "connected") for @all;
print "ready\n";
sleep 900;
