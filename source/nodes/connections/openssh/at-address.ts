/** Where a host is, for an ssh that is not to ask a name server, and what its key is kept under. */
export interface AtAddress {
  readonly address: string
  /** As known_hosts has it: HostKeyAlias, the name, or `[name]:port`. */
  readonly keyName: string
}

/**
 * Options that lead an ssh to the address, and let it look for the host's key under the same name as without them: an alias
 * stands as it is, without a port. CheckHostIP would only ask for the same key under the address besides, and ssh itself leaves that
 * out where the host is an address.
 */
export const atAddress = ({ address, keyName }: AtAddress): readonly string[] => [
  ...['-o', `HostName=${address.replaceAll('%', '%%')}`],
  ...['-o', `HostKeyAlias=${keyName}`, '-o', 'CheckHostIP=no'],
]
