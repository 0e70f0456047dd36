import { basename, normalize } from 'node:path'
import { type Call, stringIn, stringsIn } from './log.ts'

/** Something that was done below a login shell. */
export interface Deed {
  /** The line that the login shell was given. */
  readonly line: string
  readonly kind: 'runs' | 'changes'
  /** Arguments of the program that was started; of one that changes something, its own. */
  readonly argv: readonly string[]
  /** The call that changes something. */
  readonly call: string
  /** What it names: files, and whatever else is a text. */
  readonly paths: readonly string[]
}

/** What traced processes may do: look, start programs, enter namespaces. All else that is traced changes something. */
const harmless = new Set([
  ...['access', 'faccessat', 'faccessat2', 'stat', 'lstat', 'newfstatat', 'statx', 'statfs', 'readlink', 'readlinkat'],
  ...['chdir', 'getcwd', 'getxattr', 'lgetxattr', 'listxattr', 'llistxattr', 'execve', 'execveat', 'setns'],
  ...['clone', 'clone3', 'fork', 'vfork'],
])

const opening = new Set(['open', 'openat', 'openat2'])
const writing = /\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/

const births = new Set(['clone', 'clone3', 'fork', 'vfork'])

const isChange = ({ name, args }: Call): boolean =>
  opening.has(name) ? writing.test(args.join(' ')) : !harmless.has(name)

const pathsOf = ({ args }: Call): readonly string[] => args.filter((arg) => arg.startsWith('"')).map(stringIn)

const hasBegun = ({ name, result }: Call): boolean => name === 'execve' && result === '0'

/** Processes by the one that started them. Throws where a number was given twice: nobody could tell the two apart. */
const parentsIn = (calls: readonly Call[]): ReadonlyMap<number, number> => {
  const parents = new Map<number, number>()
  for (const { pid, name, result } of calls) {
    if (!births.has(name) || !/^[1-9]\d*$/.test(result)) continue
    const child = Number(result)
    if (parents.has(child)) throw new Error(`process ${child} began twice in what was traced`)
    parents.set(child, pid)
  }
  return parents
}

/**
 * Everything that was done at and below what an sshd started for those who logged in: the first program that is not sshd's own,
 * and all after it. An attempt counts as well as a success, but for programs: a shell looks for them in one folder after another.
 */
export const deedsIn = (calls: readonly Call[]): readonly Deed[] => {
  const parents = parentsIn(calls)
  const own = new Map<number, { readonly line: string; argv: readonly string[] }>()
  const stateOf = (pid: number): { readonly line: string; argv: readonly string[] } | undefined => {
    const known = own.get(pid)
    if (known !== undefined) return known
    const parent = parents.get(pid)
    const above = parent === undefined ? undefined : stateOf(parent)
    if (above === undefined) return undefined
    const state = { ...above }
    own.set(pid, state)
    return state
  }
  return calls.flatMap((call): readonly Deed[] => {
    const isProgram = call.name === 'execve' || call.name === 'execveat'
    const argv = isProgram ? stringsIn(call.args.find((arg) => arg.startsWith('[')) ?? '[]') : []
    const before = stateOf(call.pid)
    if (before === undefined) {
      if (hasBegun(call) && !basename(pathsOf(call)[0] ?? '').startsWith('sshd')) {
        own.set(call.pid, { line: argv[2] ?? argv.join(' '), argv })
        return [{ line: argv[2] ?? argv.join(' '), kind: 'runs', argv, call: call.name, paths: pathsOf(call) }]
      }
      return []
    }
    const { line } = before
    if (isProgram) {
      if (!/^0|^\?/.test(call.result)) return []
      before.argv = argv
      return [{ line, kind: 'runs', argv, call: call.name, paths: pathsOf(call) }]
    }
    return isChange(call) ? [{ line, kind: 'changes', argv: before.argv, call: call.name, paths: pathsOf(call) }] : []
  })
}

const same = ({ kind, argv, call, paths }: Deed): string =>
  JSON.stringify([kind, kind === 'runs' ? argv : '', call, paths])

export interface Rules {
  /** Whether a program with these arguments is listed. */
  readonly isListed: (argv: readonly string[]) => boolean
  /** What a login does by itself. */
  readonly usual: readonly Deed[]
  /** Folders in which something may be made. */
  readonly folders: readonly string[]
}

/** What was done and may not be: programs that are not listed, and whatever changes something. */
export const offences = (deeds: readonly Deed[], { isListed, usual, folders }: Rules): readonly Deed[] => {
  const known = new Set(usual.map(same))
  return deeds.filter((deed) => {
    if (known.has(same(deed))) return false
    if (deed.kind === 'runs') return !isListed(deed.argv)
    const isAllowed = (path: string): boolean =>
      path === '/dev/null' || folders.some((folder) => normalize(path).startsWith(`${folder}/`))
    return deed.paths.length === 0 || !deed.paths.every(isAllowed)
  })
}
