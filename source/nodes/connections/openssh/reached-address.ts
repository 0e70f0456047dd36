import { isIP } from 'node:net'

// Since OpenSSH 5.4, with LogLevel VERBOSE; through a proxy it says `(via proxy)` instead, because ssh knows no address then.
const authenticated = /^Authenticated to \S+ \(\[([^\]\s]+)\]:\d+\)/gm

/** The address of the host that an ssh says it is logged in to; of several the last, since a server's banner comes before. */
export const reachedAddress = (said: string): string | undefined => {
  const address = [...said.matchAll(authenticated)].at(-1)?.[1]
  return address === undefined || isIP(address) === 0 ? undefined : address
}

/** What ssh says with LogLevel VERBOSE of logins and ends that went well: no reason for anything. */
export const isChatter = (line: string): boolean =>
  /^(Authenticated to |Transferred: sent |Bytes per second: )/.test(line)
