import { isAbsolute, join, resolve } from 'node:path'
import type { Client } from './client.ts'

/** What tokens stand for: the connection as far as it is resolved. */
export interface TokenValues {
  readonly alias: string
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly hostKeyAlias: string | undefined
  readonly jumpHost: string
}

type Token = (values: TokenValues, client: Client) => string

/** TOKENS of ssh_config(5), less `%C`, a hash that differs between versions of OpenSSH. */
const tokens: Readonly<Record<string, Token>> = {
  '%': () => '%',
  d: (_, { home }) => home,
  h: ({ hostName }) => hostName,
  i: (_, { uid }) => String(uid),
  j: ({ jumpHost }) => jumpHost,
  k: ({ hostKeyAlias, alias }) => hostKeyAlias ?? alias,
  L: (_, { hostName }) => hostName.split('.')[0] ?? '',
  l: (_, { hostName }) => hostName,
  n: ({ alias }) => alias,
  p: ({ port }) => String(port),
  r: ({ user }) => user,
  u: (_, { user }) => user,
}

/** Replaces `%x` by what it stands for; an unknown token stays as it is. */
export const expandTokens = (text: string, values: TokenValues, client: Client): string =>
  text.replace(/%(.)/gu, (whole, token: string) => tokens[token]?.(values, client) ?? whole)

/** Replaces `${NAME}` by the environment's value; a name that is not set stays as it is, and no such file exists then. */
export const expandEnvironment = (text: string, { environment }: Client): string =>
  text.replace(/\$\{(\w+)\}/g, (whole, name: string) => environment[name] ?? whole)

/** `~` is the user's home; `~other` is left alone, since only the system's database knows it. */
export const expandTilde = (path: string, { home }: Client): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path

/** A path of the configuration in full. */
export const expandPath = (path: string, values: TokenValues, client: Client): string => {
  const expanded = expandEnvironment(expandTokens(expandTilde(path, client), values, client), client)
  return isAbsolute(expanded) ? expanded : resolve(client.folder, expanded)
}
