import { existsSync, readFileSync, statSync } from 'node:fs'

/** `MAJOR:MINOR` of the whole disk under a folder: limits are set on disks, not on their parts. */
export const diskUnder = (folder: string): string => {
  const { dev } = statSync(folder)
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)]
  const device = `/sys/dev/block/${major}:${minor}`
  return readFileSync(existsSync(`${device}/partition`) ? `${device}/../dev` : `${device}/dev`, 'utf8').trim()
}
