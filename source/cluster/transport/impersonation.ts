import type { OutgoingHttpHeaders } from 'node:http'
import type { Impersonation } from '../kubeconfig/target.ts'

// Header values are bytes; Go sends UTF-8, and node takes a letter for each byte.
const bytes = (text: string): string => Buffer.from(text).toString('latin1')

const escaped = (byte: number): string => {
  const letter = String.fromCharCode(byte)
  if (/[!#$&'*+.^_`|~0-9a-z-]/.test(letter)) return letter
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/** As client-go writes it: transport/round_trippers.go, headerKeyEscape. */
const extraName = (key: string): string =>
  `Impersonate-Extra-${Array.from(Buffer.from(key.toLowerCase()), escaped).join('')}`

/** The headers that ask to act on somebody's behalf; several values are several headers of one name. */
export const impersonationHeaders = ({ user, uid, groups, extra }: Impersonation): OutgoingHttpHeaders => ({
  'Impersonate-User': bytes(user),
  ...(uid === undefined ? {} : { 'Impersonate-Uid': bytes(uid) }),
  ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups.map(bytes) }),
  ...Object.fromEntries(Object.entries(extra).map(([key, values]) => [extraName(key), values.map(bytes)])),
})
