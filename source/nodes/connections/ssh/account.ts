import type { Account } from './auth/failures.ts'
import type { Route } from './ssh-settings.ts'

/**
 * A machine has one name here, and no two machines have the same. One that is contacted directly is its endpoint, whatever it
 * is called. Behind others the same endpoint may be of another network: there the way is part of the name, and what the
 * configuration calls the host. Where a command leads to it nothing else tells which network that is.
 */
const hostOf = ({ target, hops }: Route): string => {
  const { hostName, port, hostKeyAlias, alias, proxyCommand } = target
  const endpoint = `${hostName}:${port}`
  const hop = hops.at(-1)
  if (hop === undefined) return proxyCommand === undefined ? endpoint : `${endpoint} as ${hostKeyAlias ?? alias}`
  const named = hostKeyAlias === undefined ? endpoint : `${endpoint} as ${hostKeyAlias}`
  return `${named} via ${hop.user}@${hostOf({ target: hop, hops: hops.slice(0, -1) })}`
}

/** Under which all is kept that a host said to our logins. */
export const accountOf = (route: Route): Account => ({ host: hostOf(route), user: route.target.user })
