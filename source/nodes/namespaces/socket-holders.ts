import { type Clean, clean } from '../../text/clean.ts'

/** Name and pid of the first process that holds a socket, by the socket's inode. */
export type Holders = ReadonlyMap<number, Clean>

/**
 * Who holds which socket. `names`: lines of pid and name, the name as the process chose it. `files`: what `ls -ln` said of
 * the `/proc/PID/fd` of all of them.
 */
export const holdersOf = (names: readonly string[], files: readonly string[]): Holders => {
  const processes = new Map<string, Clean>()
  for (const line of names) {
    const blank = line.indexOf(' ')
    if (blank > 0) processes.set(line.slice(0, blank), clean(`${line.slice(blank + 1)} ${line.slice(0, blank)}`, 32))
  }
  const holders = new Map<number, Clean>()
  let process: Clean | undefined
  for (const line of files) {
    const folder = /^\/proc\/(\d+)\/fd:$/.exec(line)?.[1]
    if (folder !== undefined) process = processes.get(folder)
    const inode = /-> socket:\[(\d+)\]$/.exec(line)?.[1]
    if (inode !== undefined && process !== undefined && !holders.has(Number(inode))) holders.set(Number(inode), process)
  }
  return holders
}
