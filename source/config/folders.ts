import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where kntop's own files are. Undefined: there is no home folder, and nothing says where else. */
export interface Folders {
  readonly config: string | undefined
  readonly state: string | undefined
}

/** `HOME`, else what the system's user database says. */
const homeOf = (environment: Environment): string | undefined => {
  if (environment.HOME) return environment.HOME
  try {
    return userInfo().homedir
  } catch {
    // A user without an entry, as containers have them.
    return undefined
  }
}

/** kntop's folders by the XDG base directory specification, which ignores variables that are empty or relative. */
export const foldersOf = (environment: Environment): Folders => {
  const home = homeOf(environment)
  const base = (variable: string | undefined, ...usual: readonly string[]): string | undefined => {
    if (variable !== undefined && isAbsolute(variable)) return join(variable, 'kntop')
    return home !== undefined && isAbsolute(home) ? join(home, ...usual, 'kntop') : undefined
  }
  return {
    config: base(environment.XDG_CONFIG_HOME, '.config'),
    state: base(environment.XDG_STATE_HOME, '.local', 'state'),
  }
}
