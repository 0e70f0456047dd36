import { fstatSync, readFileSync } from 'node:fs'

/** `/dev/null` of Linux: major 1, minor 3 (admin-guide/devices.txt). */
const nullDevice = 0x103
const readAndWrite = 2

/**
 * Whether standard output was closed when kntop began. Node opens `/dev/null` for reading and writing in its place before
 * any of our code runs; a shell's `>/dev/null` opens it for writing only. A parent that gives the same as Node does, such as
 * Python with DEVNULL, Node's own `ignore` and daemon(3), looks no different: position, mount, inode and flags of fdinfo are
 * equal, and the kernel tells no more of a descriptor. Nobody reads there either, and who wants the exit code alone says so
 * with `--fail-on`; while what was closed by mistake is told only here.
 */
export const isOutputClosed = (descriptor = 1): boolean => {
  try {
    if (fstatSync(descriptor).rdev !== nullDevice) return false
    const [, flags = '0'] = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? []
    return (Number.parseInt(flags, 8) & 3) === readAndWrite
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EBADF'
  }
}
