import { type Clean, clean } from '../../text/clean.ts'

/** Name and pid of the first process that holds a socket, by the socket's inode. */
export type Holders = ReadonlyMap<number, Clean>

/** What processes are called, by their pids: lines of pid and name, the name as the process chose it. */
const namesOf = (lines: readonly string[]): ReadonlyMap<string, Clean> => {
  const names = new Map<string, Clean>()
  for (const line of lines) {
    const blank = line.indexOf(' ')
    if (blank > 0) names.set(line.slice(0, blank), clean(`${line.slice(blank + 1)} ${line.slice(0, blank)}`, 32))
  }
  return names
}

/** Who holds which socket. `files`: what `ls -ln` said of the `/proc/PID/fd` of all of them. */
export const holdersOf = (names: readonly string[], files: readonly string[]): Holders => {
  const processes = namesOf(names)
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

/** The same, of lines of a pid and the inodes of what it holds. */
export const holdersIn = (names: readonly string[], held: readonly string[]): Holders => {
  const processes = namesOf(names)
  const holders = new Map<number, Clean>()
  for (const line of held) {
    const [pid = '', ...inodes] = line.split(' ')
    const process = processes.get(pid)
    if (process === undefined) continue
    for (const inode of inodes)
      if (/^\d{1,15}$/.test(inode) && !holders.has(Number(inode))) holders.set(Number(inode), process)
  }
  return holders
}
