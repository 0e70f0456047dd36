/**
 * Parts of programs for perl that enter network namespaces and ask the kernel, by netlink or by a system call of its own. Each needs a function `refuse`, which
 * is told why and does not return. They use no modules of perl: the smallest one has none.
 */

/**
 * Sets `$NAME`, the number of a system call, by the machine in perl's own ELF header, which stays in `$elf`: EM_X86_64 62,
 * EM_AARCH64 183 and EM_RISCV 243, of which the last two have the same numbers.
 */
export const callInPerl = (name: string, x86: number, others: number): string => String.raw`
open(my $perl, "<", "/proc/self/exe") or refuse("proc"); read($perl, my $elf, 20);
refuse("bits") if length(pack("p", "")) != 8;
my $${name} = {62 => ${x86}, 183 => ${others}, 243 => ${others}}->{unpack("x18S", $elf)} or refuse("machine");
`

export const setnsInPerl = callInPerl('setns', 308, 268)

/** A function: where the value of an attribute lies among those from one place to another in a message, or nothing. */
export const attributeInPerl = String.raw`
sub inside {
  my ($from, $to, $want) = @_;
  while ($from + 4 <= $to) {
    my ($l, $t) = unpack("SS", substr($_[3], $from, 4));
    return () if $l < 4 || $from + $l > $to;
    return ($from + 4, $from + $l) if ($t & 0x3fff) == $want;
    $from += ($l + 3) & ~3;
  }
  return ();
}
`

/**
 * A function: whether what `recv` gave as the sender is another one than the kernel (`nl_pid` of linux/netlink.h is not 0). Whoever
 * may administer a namespace may send to any socket of netlink in it.
 */
export const senderInPerl = String.raw`
sub ofAnother { return unpack("x4L", $_[0] . "\0" x 8) != 0 }
`
