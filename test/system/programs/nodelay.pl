# Whether a process sends small packets at once: TCP_NODELAY of each of its connections to port 22, a line each.
# perl nodelay.pl PID. Takes the descriptors as a debugger does.
use strict;
use warnings;
use Socket qw(IPPROTO_TCP TCP_NODELAY sockaddr_family unpack_sockaddr_in AF_INET);

my ($pidfd_open, $pidfd_getfd) = (434, 438);    # the same on every architecture
my ($pid) = @ARGV;
my $process = syscall($pidfd_open, $pid + 0, 0);
die "pidfd_open: $!\n" if $process < 0;
for my $path (glob "/proc/$pid/fd/*") {
  next unless (readlink($path) // '') =~ /^socket:/;
  my ($number) = $path =~ /(\d+)$/;
  my $taken = syscall($pidfd_getfd, $process, $number + 0, 0);
  next if $taken < 0;    # closed meanwhile
  open(my $socket, '+<&=', $taken) or die "socket: $!\n";
  my $peer = getpeername($socket) or next;
  next unless sockaddr_family($peer) == AF_INET;
  my ($port) = unpack_sockaddr_in($peer);
  print unpack('i', getsockopt($socket, IPPROTO_TCP, TCP_NODELAY)), "\n" if $port == 22;
}
