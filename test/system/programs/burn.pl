# Keeps the machine busy in so many processes, each for BUSY ms and then idle for IDLE ms, and ends by itself after SECONDS.
# Prints "ended, used N ms" at its end, CPU time. With its parent gone it ends within one turn.
# perl burn.pl SECONDS PROCESSES BUSY IDLE
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);

my ($seconds, $processes, $busy, $idle) = @ARGV;
my $now = sub { clock_gettime(CLOCK_MONOTONIC) };
my $end = $now->() + $seconds;
my $parent = $$;
for (1 .. $processes) {
  next if fork;
  while ((my $start = $now->()) < $end && getppid == $parent) {
    1 while $now->() < $start + $busy / 1000 && $now->() < $end;
    sleep $idle / 1000 if $idle > 0;
  }
  exit;
}
1 while wait != -1;
my @times = times;
printf "ended, used %d ms\n", 1000 * ($times[2] + $times[3]);
