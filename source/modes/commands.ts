import { userInfo } from 'node:os'
import type { Settings } from '../config/settings.ts'
import type { CommandFormat } from '../export/format.ts'
import { inventory, rootCommands } from '../nodes/inventory.ts'
import type { Entry } from '../nodes/inventory-entry.ts'
import { sudoersForRoot, sudoersText, sudoersUser } from '../nodes/privilege/sudoers.ts'
import { probes } from '../nodes/probes.ts'
import { commandsText } from './commands-text.ts'
import { print } from './output.ts'
import { askedFor, probeSettings } from './setup.ts'

/** The shape is documented in docs/commands.md. */
const jsonOf = (entries: readonly Entry[]): string => `${JSON.stringify(entries, null, 2)}\n`

/** What `kntop commands` prints; `user`: who is to have the rights in the sudoers fragment. */
export const commandsIn = (format: CommandFormat, settings: Settings, user: string): string => {
  const given = probeSettings(settings)
  if (format === 'sudoers')
    return settings.sudo === 'root'
      ? sudoersForRoot(sudoersUser(user))
      : sudoersText(rootCommands(probes, given), sudoersUser(user))
  const entries = inventory(probes, given)
  return format === 'json' ? jsonOf(entries) : commandsText(entries)
}

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    // A user number without a name, as containers have.
    return ''
  }
}

/**
 * Prints everything that may run on a node; gives back the exit code. Contacts nobody. Rejects with `WrongUse` for an opt-in
 * that is none.
 */
export const commands = async (settings: Settings, { output }: { readonly output: CommandFormat }): Promise<number> => {
  askedFor(settings, 'local')
  await print(commandsIn(output, settings, userName()), process.stdout)
  return 0
}
