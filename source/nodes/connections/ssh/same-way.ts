import type { SshSettings } from './ssh-settings.ts'

const without =
  (...names: readonly string[]) =>
  (name: string, value: unknown): unknown =>
    names.includes(name) ? undefined : value

/**
 * Equal for ways that may share one connection: all that the configuration says of them is the same, so that they trust the
 * same keys and log in with the same. How a hop is named is not part of it.
 */
export const sameWay = (hops: readonly SshSettings[]): string =>
  JSON.stringify(hops, without('alias', 'named', 'keywords'))

/** The same for the system's ssh, which asks the configuration itself, by name, and for more than we know of. */
export const sameNamedWay = (hops: readonly SshSettings[]): string => JSON.stringify(hops, without('keywords'))
