/** Seconds after which the program ends by itself, whatever happens to those who started it. */
export const lease = 60

/** Bytes per write: what etcd's fio guidance uses, and close to a mean entry of its write-ahead log. */
export const bytes = 2300
/** Preallocated as etcd does; each position is written once, as in a log: a lease writes at most 300 of these 455. */
const allocated = 1 << 20

/** Seconds between a write and the next: five a second; one a second from a mean of 10 ms on, until it is below 8 ms. */
export const pace = { usual: 0.2, slow: 1, slowFrom: 10_000, usualBelow: 8000 } as const
/** Percent of time in which all work waits for the disk (`full avg10` of pressure/io) above which nothing is written. */
const pressureLimit = 20

// Debian's perl-base has no Time::HiRes and perl has no fdatasync, so both go by system call number, which the shell looks up.
// `vec` and `select` watch stdin: when it closes, the program ends. Signals wait while the folder exists.
export const perl = `
use strict; use Fcntl;
my ($folder, $fdatasync, $clock_gettime, $fallocate) = @ARGV;
$_ += 0 for $fdatasync, $clock_gettime, $fallocate;
alarm ${lease};
sub refuse { print STDERR "kntop: $_[1]\\n"; exit $_[0] }
sub say_line { exit 0 unless syswrite(STDOUT, "$_[0]\\n") }
sub now { my $b = "\\0" x 16; syscall($clock_gettime, 1, $b); my ($s, $n) = unpack("qq", $b); $s * 1e6 + $n / 1e3 }
sub rest {
  my $until = now() + $_[0] * 1e6;
  while (1) {
    my $left = ($until - now()) / 1e6; my $in = ""; vec($in, 0, 1) = 1;
    if (select($in, undef, undef, $left > 0 ? $left : 0) > 0) { exit 0 unless sysread(STDIN, my $x, 4096) }
    return if now() >= $until;
  }
}
sub pressure {
  open(my $f, "<", "/proc/pressure/io") or return 0;
  while (my $l = <$f>) { return $1 if $l =~ /^full avg10=([0-9.]+)/ } return 0;
}
my @held = qw(HUP INT TERM PIPE); $SIG{$_} = "IGNORE" for @held;
my $fresh = "$folder/kntop-disk-probe.$$";
mkdir $fresh, 0700 or refuse(41, "no folder can be made in $folder: $!");
my $open = sysopen(my $file, "$fresh/log", O_RDWR | O_CREAT | O_EXCL, 0600); my $why = $!;
unlink "$fresh/log"; rmdir $fresh;
$SIG{$_} = "DEFAULT" for @held;
refuse(41, "no file can be made in $folder: $why") unless $open;
say_line("growing") if syscall($fallocate, fileno($file), 0, 0, ${allocated}) != 0;
syscall($fdatasync, fileno($file)) == 0 or refuse(43, "fdatasync in $folder: $!");
my ($data, $pace, $look, $full, $mean) = ("k" x ${bytes}, ${pace.usual}, 0, 0);
while (1) {
  rest($pace);
  if (now() >= $look) { $look = now() + 1e6; $full = pressure(); say_line("pause $full") if $full > ${pressureLimit} }
  next if $full > ${pressureLimit};
  (syswrite($file, $data) || 0) == ${bytes} or refuse(43, "write in $folder: $!");
  my $from = now();
  syscall($fdatasync, fileno($file)) == 0 or refuse(43, "fdatasync in $folder: $!");
  my $took = now() - $from;
  $mean = defined $mean ? $mean + ($took - $mean) / 20 : $took;
  $pace = ${pace.slow} if $mean > ${pace.slowFrom};
  $pace = ${pace.usual} if $mean < ${pace.usualBelow};
  say_line(sprintf("sync %d", $took));
}
`

/** The same in Python, for machines without perl, or whose system call numbers are not known. */
export const python = `
import errno, os, re, select, signal, sys, time
folder = sys.argv[1]
signal.alarm(${lease})
def refuse(code, text):
    sys.stderr.write("kntop: " + text + "\\n")
    sys.exit(code)
def say(text):
    os.write(1, (text + "\\n").encode())
def now():
    return time.perf_counter() * 1e6
def rest(seconds):
    until = now() + seconds * 1e6
    while True:
        if select.select([0], [], [], max(0, (until - now()) / 1e6))[0] and not os.read(0, 4096):
            sys.exit(0)
        if now() >= until:
            return
def pressure():
    try:
        with open("/proc/pressure/io") as file:
            return float(re.search("full avg10=([0-9.]+)", file.read()).group(1))
    except (OSError, AttributeError):
        return 0
def synced():
    from_ = now()
    os.fdatasync(log)
    return now() - from_
held = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)
for name in held:
    signal.signal(name, signal.SIG_IGN)
fresh = "%s/kntop-disk-probe.%d" % (folder, os.getpid())
log = why = None
try:
    os.mkdir(fresh, 0o700)
except OSError as error:
    refuse(41, "no folder can be made in %s: %s" % (folder, error.strerror))
try:
    log = os.open(fresh + "/log", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(fresh + "/log")
except OSError as error:
    why = error.strerror
os.rmdir(fresh)
for name in held:
    signal.signal(name, signal.SIG_DFL)
if why:
    refuse(41, "no file can be made in %s: %s" % (folder, why))
try:
    try:
        os.posix_fallocate(log, 0, ${allocated})
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        say("growing")
    synced()
    data, pace, look, full, mean = b"k" * ${bytes}, ${pace.usual}, 0, 0, None
    while True:
        rest(pace)
        if now() >= look:
            look, full = now() + 1e6, pressure()
            if full > ${pressureLimit}:
                say("pause %s" % full)
        if full > ${pressureLimit}:
            continue
        os.write(log, data)
        took = synced()
        mean = took if mean is None else mean + (took - mean) / 20
        if mean > ${pace.slowFrom}:
            pace = ${pace.slow}
        if mean < ${pace.usualBelow}:
            pace = ${pace.usual}
        say("sync %d" % took)
except OSError as error:
    refuse(43, "fdatasync in %s: %s" % (folder, error.strerror))
`
