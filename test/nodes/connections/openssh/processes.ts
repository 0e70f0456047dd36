import { readdirSync, readFileSync } from 'node:fs'

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    // It ended while we looked.
    return ''
  }
}

/** A process that has not ended. */
export interface Process {
  readonly pid: number
  readonly parent: number
  readonly session: number
  readonly name: string
  readonly command: string
}

const processOf = (pid: number): readonly Process[] => {
  const stat = read(pid, 'stat')
  const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (stat === '' || state === 'Z' || state === 'X') return []
  const command = read(pid, 'cmdline').replaceAll('\0', ' ')
  return [{ pid, parent: Number(parent), session: Number(session), name: read(pid, 'comm').trim(), command }]
}

const all = (): readonly Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)))

/** The session that this process is in. */
export const ownSession = (): number => processOf(process.pid)[0]?.session ?? Number.NaN

/** The processes that bear this in their command line, and are not we. */
export const bearing = (part: string): readonly Process[] =>
  all().filter(({ pid, command }) => pid !== process.pid && command.includes(part))

/** Every process that comes from this one, and it is not among them. */
export const descendants = (ancestor: number): readonly Process[] => {
  const processes = all()
  const below = (pid: number): readonly Process[] =>
    processes.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)])
  return below(ancestor)
}
