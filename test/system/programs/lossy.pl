# Talks over loopback: twenty connections, each of which sends a hundred bytes fifty times a second. Says "talking" first.
use strict;
use Socket;
use IO::Handle;

socket(my $listener, AF_INET, SOCK_STREAM, 0) or die $!;
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die $!;
bind($listener, pack_sockaddr_in(5557, inet_aton("127.0.0.1"))) or die $!;
listen($listener, 64) or die $!;
my (@clients, @servers);
for (1 .. 20) {
    socket(my $client, AF_INET, SOCK_STREAM, 0) or die $!;
    connect($client, pack_sockaddr_in(5557, inet_aton("127.0.0.1"))) or die $!;
    setsockopt($client, 6, 1, 1) or die $!;
    accept(my $server, $listener) or die $!;
    $client->blocking(0);
    $server->blocking(0);
    push @clients, $client;
    push @servers, $server;
}
$| = 1;
print "talking\n";
while (1) {
    for (@clients) { syswrite($_, "x" x 100) }
    for (@servers) { sysread($_, my $text, 65536) }
    select(undef, undef, undef, 0.02);
}
