import { needsExpressions, type RootCommand } from './root-command.ts'

/** What one probe runs as root. */
export interface RootCommands {
  readonly probe: string
  readonly commands: readonly RootCommand[]
}

/** A fixed word where sudo reads shell patterns, by sudoers(5): none of its signs keeps a meaning. */
const literal = (word: string): string => word.replace(/[\\,:=*?[\]!]/g, String.raw`\$&`)

/** A fixed word where sudo reads a regular expression. */
const asExpression = (word: string): string => word.replace(/[.+*?()[\]{}|$#\\^]/g, String.raw`\$&`)

/** The lines that let a command pass, one for each place where it may lie. */
export const sudoersCommands = (command: RootCommand): readonly string[] => {
  const { paths, words } = command
  const text = needsExpressions(command)
    ? `^${words.map((word) => (typeof word === 'string' ? asExpression(word) : word.pattern)).join(' ')}$`
    : words.map((word) => (typeof word === 'string' ? literal(word) : '')).join(' ')
  return paths.map((path) => `${path} ${text}`)
}

const heading = [
  '# What kntop runs as root where it is started with --sudo commands. Everything',
  '# else runs as the user that logs in.',
  '#',
  '# Each command stands here whole: its path, every argument; no shell or other',
  '# interpreter, no wildcard. Check it first (visudo -cf FILE), then put it on each',
  '# node as /etc/sudoers.d/kntop, owned by root, mode 0440.',
  '#',
  '# To keep the many runs out of the log, add for an alias below:',
  '#   Defaults!ALIAS !log_allowed, !pam_session',
]

const usersLines = (user: string): readonly string[] => [
  '',
  '# Who may: users, or a group such as %ops.',
  `User_Alias KNTOP_USERS = ${user}`,
]

const aliasOf = (probe: string): string => `KNTOP_${probe.replace(/[^a-z0-9]/gi, '_').toUpperCase()}`

const aliasLines = ({ probe, commands }: RootCommands): readonly string[] => {
  const alias = aliasOf(probe)
  const isModern = commands.some(needsExpressions)
  return [
    '',
    ...(isModern ? ['# Needs sudo 1.9.10, which knows regular expressions; leave it out on an older one.'] : []),
    `Cmnd_Alias ${alias} = \\`,
    commands
      .flatMap(sudoersCommands)
      .map((line) => `    ${line}`)
      .join(', \\\n'),
    // sudo joins arguments by blanks before it compares: "-w" and "- udp" look like "-w", "-", "udp", and name a file. In
    // /proc nobody makes one.
    ...(isModern
      ? ['# Where no file can be made, whatever a name is put together from.', `Defaults!${alias} runcwd=/proc`]
      : []),
    `KNTOP_USERS ALL = (root) NOPASSWD: ${alias}`,
  ]
}

/** The fragment for `--sudo commands`: a file for /etc/sudoers.d. `user`: a plain user name. */
export const sudoersText = (groups: readonly RootCommands[], user: string): string =>
  `${[...heading, ...usersLines(user), ...groups.flatMap(aliasLines)].join('\n')}\n`

/** The fragment for `--sudo root`. */
export const sudoersForRoot = (user: string): string =>
  `${[
    '# EQUAL TO ROOT: with --sudo root all of kntop on a node runs under sudo -n sh, and',
    '# who may start that may do everything. The few commands that need root, and',
    '# nothing else: kntop commands --output sudoers --sudo commands.',
    '#',
    '# Check it first (visudo -cf FILE), then put it on each node as',
    '# /etc/sudoers.d/kntop, owned by root, mode 0440.',
    ...usersLines(user),
    '',
    'KNTOP_USERS ALL = (root) NOPASSWD: /usr/bin/sh, /bin/sh',
  ].join('\n')}\n`

/** A user name that sudoers takes as it stands; `kntop` in place of any other, and of root, who needs none of this. */
export const sudoersUser = (name: string): string =>
  /^[a-z_][a-z0-9_-]{0,31}$/.test(name) && name !== 'root' ? name : 'kntop'
