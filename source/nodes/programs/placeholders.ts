/**
 * What stands in capitals in commands that are listed, because only the node knows it, and what it may be: an extended regular
 * expression that matches no more than a part of one argument.
 */
export const placeholders: Readonly<Record<string, string>> = {
  PID: '[1-9][0-9]*',
  // Its number, or its folder.
  PROCESS: '(?:/proc/)?[1-9][0-9]*',
  MARKER: '[0-9a-f]{12}',
  // Of a command that is held.
  FRAME: '[0-9a-f]{24}',
  LIMIT: '(?:-t [0-9]+)?',
  // Of a pod and its containers, and a pattern for the first.
  IDENTIFIER: '[0-9a-f?_-]{12,128}',
  UID: '[0-9a-f][0-9a-f_-]{31,35}',
  CONTAINER: '[0-9a-f]{12,128}',
  // One a line, as grep -F takes them.
  'UIDS-AND-CONTAINERS': '[0-9a-f_-]{12,128}(?:\\n[0-9a-f_-]{12,128})*',
  SOCKET: '/run/[a-z0-9/.-]+[.]sock',
  DEVICE: '[0-9]+:[0-9]+',
  INTERFACE: '[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}',
  FAMILY: '(?:ipv[46]|ip6?)',
  TABLE: '(?:tcp|udp)6?',
  EVENTS: '1?',
  LOOP: '[01]?',
  // What a filter lets pass or a program is told, separated by blanks, commas or ends of lines: never a file.
  ADDRESSES: '[0-9a-fA-F:.,=a-z \\n]*',
  PEERS: '[0-9a-fA-F:.,%* ]*',
  ELEMENTS: '[0-9A-Za-z:._ \\n-]+',
  CHAINS: '[0-9A-Za-z/:._ \\n-]+',
  CHAIN: '[0-9A-Za-z][0-9A-Za-z/:._-]*',
  MAP: '[a-z][a-z0-9-]*',
  RELEASE: '[0-9][^/\\x00]*',
  FOLDER: '/[^\\x00]*',
  FILE: '/?[A-Za-z0-9_][^\\x00]*',
  NUMBER: '[0-9]+',
  // What sshd starts for who logs in.
  SHELL: '-?[A-Za-z0-9._-]+',
  // SSH_CONNECTION, or nothing.
  CONNECTION: '[0-9a-fA-F:.% ]*',
  NNNNNNN: '[0-9]{7}',
}

/** A name as it stands in a text: not a part of a longer word. */
export const placeholderIn = (names: readonly string[]): RegExp =>
  new RegExp(
    `(?<![\\w$-])(?:${names.toSorted((one, other) => other.length - one.length).join('|')})(?![A-Za-z0-9-])`,
    'g',
  )
