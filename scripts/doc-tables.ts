import { flags, usage } from '../source/cli/flags.ts'
import { rbacManifest } from '../source/cluster/rbac.ts'
import { flagOf, settingKeys, settingsTable, variableOf } from '../source/config/settings.ts'
import { csvColumns } from '../source/export/csv.ts'
import { commandsText } from '../source/modes/commands-text.ts'
import { inventory, rootCommands } from '../source/nodes/inventory.ts'
import { sudoersText, sudoersUser } from '../source/nodes/privilege/sudoers.ts'
import { probes } from '../source/nodes/probes.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')
const code = (text: string): string => `\`${cell(text)}\``

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const block = (text: string, language = 'text'): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``

const unset = { etcdMetrics: [], ownPeers: [] }

/** The parts of the pages in docs/ that follow from the code, by the name of their markers. */
export const docTables: Readonly<Record<string, string>> = {
  settings: table(
    ['key in config.yaml', 'flag', 'variable', 'default', 'what it does'],
    settingKeys.map((key) => {
      const { argument, shown, description } = settingsTable[key]
      return [code(key), code(`--${flagOf(key)} ${argument}`), code(variableOf(key)), cell(shown), cell(description)]
    }),
  ),
  flags: table(
    ['flag', 'what it does'],
    flags.map((flag) => [
      [usage(flag), ...(flag.short === undefined ? [] : [`-${flag.short}`])].map(code).join(', '),
      cell(flag.description),
    ]),
  ),
  columns: csvColumns.map(code).join(', '),
  commands: block(commandsText(inventory(probes, unset))),
  rbac: block(rbacManifest(), 'yaml'),
  sudoers: block(sudoersText(rootCommands(probes, unset), sudoersUser('kntop'))),
}

const marker = (name: string, part: string): string => `<!-- ${part} ${name} -->`

/** The pages that hold such parts. */
export const pagesWithTables = ['commands.md', 'configuration.md', 'headless.md', 'kubernetes.md'] as const

/** A page with its generated parts written anew. */
export const withTables = (page: string): string =>
  Object.entries(docTables).reduce((text, [name, made]) => {
    const [begin, end] = [marker(name, 'begin'), marker(name, 'end')]
    const from = text.indexOf(begin)
    const to = text.indexOf(end)
    return from < 0 || to < from ? text : `${text.slice(0, from)}${begin}\n\n${made}\n\n${text.slice(to)}`
  }, page)
