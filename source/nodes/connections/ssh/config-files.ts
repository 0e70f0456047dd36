import { access, glob, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { type Directive, type Line, LineType, parse, type Section, SSHConfig } from 'ssh-config'
import { clean } from '../../../text/clean.ts'
import { ConnectionError } from '../connection.ts'
import type { Client } from './client.ts'
import { expandEnvironment, expandTilde } from './expand.ts'

/** As deep as OpenSSH follows Include. */
const deepest = 16

/** The words of a directive. */
export const wordsOf = ({ value }: Directive): readonly string[] =>
  typeof value === 'string' ? [value] : value.map(({ val }) => val)

export const isDirective = (line: Line): line is Directive => line.type === LineType.DIRECTIVE

/** A Host or Match block. */
export const isBlock = (line: Line): line is Section => 'config' in line

const unusable = (path: string, why: string): ConnectionError =>
  new ConnectionError({ state: 'denied', cause: clean(`the ssh configuration ${path} cannot be read: ${why}`) })

const read = async (path: string, isIncluded: boolean): Promise<readonly Line[]> => {
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // So does ssh: a folder has no lines, and an included file may be gone. For all else it ends.
    if (code === 'EISDIR' || (isIncluded && code === 'ENOENT')) return []
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
}

/** The files that an Include names, sorted as glob(3) sorts them; one that is not there is none. */
const included = async (pattern: string, base: string, client: Client): Promise<readonly string[]> => {
  const path = expandEnvironment(expandTilde(pattern, client), client)
  const found: string[] = []
  for await (const file of glob(isAbsolute(path) ? path : join(base, path))) found.push(file)
  return found.sort()
}

const follow = async (lines: readonly Line[], base: string, client: Client, depth: number): Promise<SSHConfig> => {
  const followed = new SSHConfig()
  for (const line of lines) {
    if (isBlock(line)) {
      followed.push({ ...line, config: await follow(line.config, base, client, depth) })
    } else if (isDirective(line) && /^include$/i.test(line.param)) {
      if (depth === deepest) throw unusable(wordsOf(line).join(' '), `Include is nested more than ${deepest} deep`)
      for (const pattern of wordsOf(line)) {
        for (const path of await included(pattern, base, client)) {
          followed.push(...(await follow(await read(path, true), base, client, depth + 1)))
        }
      }
    } else followed.push(line)
  }
  return followed
}

/** A configuration file with all that it includes in place; a block keeps the blocks of a file included inside it. */
const load = async (path: string, base: string, client: Client): Promise<SSHConfig> =>
  follow(await read(path, false), base, client, 0)

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )

/**
 * The user's ssh configuration, Include followed: the given file alone, as `-F` has it, else the user's and the system's,
 * where a missing one is empty. Rejects with a {@link ConnectionError} for a file that cannot be read or parsed.
 */
export const loadConfig = async (configFile: string | undefined, client: Client): Promise<SSHConfig> => {
  const userFolder = join(client.home, '.ssh')
  if (configFile === 'none') return new SSHConfig()
  if (configFile !== undefined) return load(configFile, userFolder, client)
  const all = new SSHConfig()
  for (const path of [join(userFolder, 'config'), '/etc/ssh/ssh_config']) {
    if (await isThere(path)) all.push(...(await load(path, dirname(path), client)))
  }
  return all
}
