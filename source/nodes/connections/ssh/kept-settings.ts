import type { Printed } from './ssh-g.ts'
import type { SshSettings } from './ssh-settings.ts'

type Keep = (settings: Omit<SshSettings, 'keywords'>, printed: Printed) => SshSettings

/**
 * Settings as they are kept for a whole run: what many hosts have in common once, and texts that are their own. A piece of a text
 * holds on to all of it, and what `ssh -G` prints for a host takes 4 KB; with its lists and its table that is 14 KB a host.
 */
export const keepingSettings = (): Keep => {
  // Grows by kinds of hosts, not by hosts.
  const lists = new Map<string, unknown>()
  const keywords = new Map<string, ReadonlySet<string>>()

  const listOf = (value: object): unknown => {
    const text = JSON.stringify(value)
    const list = lists.get(text) ?? structuredClone(value)
    lists.set(text, list)
    return list
  }
  const keywordsOf = (printed: Printed): ReadonlySet<string> => {
    const names = [...printed.keys()]
    const key = names.join(' ')
    const set = keywords.get(key) ?? new Set(structuredClone(names))
    keywords.set(key, set)
    return set
  }
  /** All of a configuration is text, numbers, switches, and lists of these. */
  const own = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null) return listOf(value)
    return typeof value === 'string' ? structuredClone(value) : value
  }

  return (settings, printed) => ({
    ...(Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, own(value)])) as typeof settings),
    keywords: keywordsOf(printed),
  })
}
