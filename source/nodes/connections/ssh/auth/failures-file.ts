import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { clean } from '../../../../text/clean.ts'
import { type HostFailures, type LoginHistory, noHistory, type Streak } from './failures.ts'

/** The file of the state folder that keeps what servers refused, and which keys they took. */
export const failuresFileName = 'login-failures.json'

const version = 1
const largest = 8 * 1024 * 1024
const mostEntries = 20_000

type Loose = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Loose => (typeof value === 'object' && value !== null ? (value as Loose) : {})
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
const countOf = (value: unknown): number | undefined => (Number.isInteger(value) ? (value as number) : undefined)

const failuresOf = (value: unknown): HostFailures | undefined => {
  const { count, at, keys, refused, cause, takesNoKey } = objectOf(value)
  const [times, when] = [countOf(count), countOf(at)]
  if (times === undefined || times < 0 || when === undefined) return undefined
  return {
    ...{ count: times, at: when, keys: texts(keys), refused: texts(refused), cause: clean(String(cause)) },
    takesNoKey: takesNoKey === true,
  }
}

/** Streaks had no time at first: one of these is as old as the last refusal of any host, `latest`. */
const streakOf = (value: unknown, latest: number): Streak | undefined => {
  const { hosts, at } = objectOf(value)
  const names = [...new Set(texts(hosts).map((host) => clean(host)))]
  return names.length === 0 ? undefined : { hosts: names, at: countOf(at) ?? latest }
}

const each = <T>(value: unknown, read: (value: unknown) => T | undefined): Readonly<Record<string, T>> =>
  Object.fromEntries(
    Object.entries(objectOf(value))
      .slice(-mostEntries)
      .flatMap(([name, entry]): readonly (readonly [string, T])[] => {
        const found = read(entry)
        return found === undefined ? [] : [[name, found]]
      }),
  )

/** What a file says, whoever wrote it: what is not understood is as if it had never happened. */
export const parseHistory = (text: string): LoginHistory => {
  try {
    const found = objectOf(JSON.parse(text))
    if (found.version !== version) return noHistory
    const hosts = each(found.hosts, failuresOf)
    const latest = Object.values(hosts).reduce((so, { at }) => Math.max(so, at), 0)
    return {
      hosts,
      streaks: each(found.streaks, (value) => streakOf(value, latest)),
      worked: each(found.worked, (value) => (typeof value === 'string' ? value : undefined)),
    }
  } catch {
    return noHistory
  }
}

/** Holds names of hosts and users and fingerprints of public keys; no secret. */
export const historyText = (history: LoginHistory): string => `${JSON.stringify({ version, ...history })}\n`

/** What earlier runs left in the state folder; nothing where there is no such file. */
export const readHistory = async (folder: string): Promise<LoginHistory> => {
  const file = join(folder, failuresFileName)
  try {
    const found = await stat(file)
    return found.isFile() && found.size <= largest ? parseHistory(await readFile(file, 'utf8')) : noHistory
  } catch {
    return noHistory
  }
}

/** Writes a file of the state folder, 0600 whatever the umask and whole or not at all. */
export type WriteState = (name: string, content: string) => Promise<void>

/** Keeps the newest history on disk. */
export interface HistoryKeeper {
  keep(history: LoginHistory): void
  /** Settles when the newest is written, or could not be. */
  settled(): Promise<void>
}

/** One write at a time, of the newest only: a thousand logins are not a thousand files. `failed` hears why one failed. */
export const keepHistory = (write: WriteState, failed: (error: unknown) => void): HistoryKeeper => {
  let next: LoginHistory | undefined
  let writing: Promise<void> | undefined
  const run = async (): Promise<void> => {
    while (next !== undefined) {
      const content = historyText(next)
      next = undefined
      await write(failuresFileName, content).catch(failed)
    }
    writing = undefined
  }
  return {
    keep: (history) => {
      next = history
      writing ??= run()
    },
    settled: () => writing ?? Promise.resolve(),
  }
}
