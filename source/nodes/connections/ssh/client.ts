import { homedir, hostname, userInfo } from 'node:os'

/** What the user's side adds to a configuration: where `~` is, who asks, from where. */
export interface Client {
  /** By the user database and not HOME, as in OpenSSH. */
  readonly home: string
  readonly user: string
  readonly uid: number
  readonly hostName: string
  /** Absolute; relative paths start here. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

const entry = (): { readonly homedir: string; readonly username: string; readonly uid: number } => {
  try {
    return userInfo()
  } catch {
    // A user without an entry in the database, as containers have them.
    return { homedir: homedir(), username: process.env.USER ?? '', uid: process.getuid?.() ?? -1 }
  }
}

/** This process as a client. */
export const thisClient = (): Client => {
  const { homedir: home, username, uid } = entry()
  return { home, user: username, uid, hostName: hostname(), folder: process.cwd(), environment: process.env }
}
