/**
 * Whether something may be asked of the kernel that is in one of its modules. To ask for one that is not there has the kernel
 * load it, or start modprobe each time; kntop loads none. It is there where it is loaded (`/sys/module`), or built in
 * (`modules.builtin`, for one without parameters has no folder in `/sys/module`). None can be loaded where the kernel has no
 * `/proc/modules`, or has loaded none and has no folder of them.
 */

const builtin = (name: string): string => String.raw`'/${name}\.ko'`

/** A condition of a shell; sets `release` and `x`. Starts a program only where the module is not loaded. */
export const hasModule = (name: string): string =>
  `{ [ -d /sys/module/${name} ] || ! [ -r /proc/modules ] || { read -r release </proc/sys/kernel/osrelease && { { ! read -r x </proc/modules && ! [ -d "/lib/modules/$release" ]; } || grep -qs ${builtin(name)} "/lib/modules/$release/modules.builtin"; }; }; }`

/** The program that {@link hasModule} may start, as it runs. */
export const moduleCommand = (name: string): string => `grep -qs ${builtin(name)} /lib/modules/RELEASE/modules.builtin`

/** A function of perl that says the same of the module that it is given. */
export const moduleInPerl = String.raw`
sub module {
  my $name = $_[0];
  return 1 if -d "/sys/module/$name" || !-r "/proc/modules";
  open(my $r, "<", "/proc/sys/kernel/osrelease") or return 0;
  my $release = <$r>; chomp $release;
  if (!-d "/lib/modules/$release") {
    open(my $loaded, "<", "/proc/modules") or return 0;
    return !defined <$loaded>;
  }
  open(my $list, "<", "/lib/modules/$release/modules.builtin") or return 0;
  while (my $line = <$list>) { return 1 if $line =~ m{/$name\.ko} }
  return 0;
}
`

/** What is said where a module is not there. */
export const withoutModule = (name: string): string =>
  `the kernel has no ${name} loaded, and kntop loads no module: modprobe ${name}`
