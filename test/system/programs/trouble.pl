# Makes trouble on loopback that the kernel counts: connections to a listener that accepts none, so that its queue of one
# overflows, and datagrams to a reader that does not read. Says "done", and keeps everything until its input closes.
use strict;
use Socket;
use Fcntl;

my ($attempts, $datagrams) = @ARGV;
my $loopback = inet_aton("127.0.0.1");
socket(my $listener, AF_INET, SOCK_STREAM, 0) or die $!;
bind($listener, pack_sockaddr_in(5555, $loopback)) or die $!;
listen($listener, 1) or die $!;
my @clients;
for (1 .. $attempts) {
    socket(my $client, AF_INET, SOCK_STREAM, 0) or die $!;
    fcntl($client, F_SETFL, O_NONBLOCK) or die $!;
    connect($client, pack_sockaddr_in(5555, $loopback));
    push @clients, $client;
}
socket(my $reader, AF_INET, SOCK_DGRAM, 0) or die $!;
setsockopt($reader, SOL_SOCKET, SO_RCVBUF, 2048) or die $!;
bind($reader, pack_sockaddr_in(5556, $loopback)) or die $!;
socket(my $writer, AF_INET, SOCK_DGRAM, 0) or die $!;
send($writer, "x" x 500, 0, pack_sockaddr_in(5556, $loopback)) for 1 .. $datagrams;
$| = 1;
print "done\n";
<STDIN>;
# Established connections that are closed with unread data, or whose listener goes, are reset.
close($listener);
print "closed\n";
<STDIN>;
