import type { ConfigFile, Part } from './file.ts'
import {
  flagOf,
  type Provenance,
  type SettingKey,
  type Settings,
  settingKeys,
  settingsTable,
  variableOf,
} from './settings.ts'
import { mergeThresholds } from './thresholds.ts'
import { WrongUse } from './wrong-use.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Everything that settings are looked for in. Flags are as typed, by the key of their setting. */
export interface Sources {
  readonly flags: Readonly<Partial<Record<SettingKey, string>>>
  readonly environment: Environment
  readonly file?: ConfigFile | undefined
}

/** The empty list, where lists are written as a text. */
const none = 'none'

interface Found {
  readonly value: unknown
  readonly provenance: Provenance
}

/** A setting from a text; `none` alone is the empty list, which else nobody could write over a longer one. */
const fromText = (key: SettingKey, text: string, provenance: Provenance, name: string): Found => {
  const { schema, list } = settingsTable[key]
  const words = text.split(',').map((item) => item.trim())
  if (list && words.length > 1 && words.includes(none))
    throw new WrongUse(`${name}: none beside other values contradicts them: write none alone, or leave it out`)
  const items = words.filter((word) => word !== none)
  const checked = schema.safeParse(list ? items : text)
  if (checked.success) return { value: checked.data, provenance }
  throw new WrongUse(`${name}: ${checked.error.issues[0]?.message ?? 'not understood'}`)
}

const fromPart = (
  key: SettingKey,
  part: Part | undefined,
  provenance: (line: number) => Provenance,
): Found | undefined => {
  const line = part?.lines.get(key)
  return part === undefined || line === undefined
    ? undefined
    : { value: part.values[key], provenance: provenance(line) }
}

const find = (key: SettingKey, { flags, environment, file }: Sources, context: string | null): Found => {
  const flag = `--${flagOf(key)}`
  const typed = flags[key]
  if (typed !== undefined) return fromText(key, typed, { from: 'flag', flag }, flag)
  const variable = variableOf(key)
  const exported = environment[variable]
  if (exported) return fromText(key, exported, { from: 'environment', variable }, variable)
  const named = file?.file ?? ''
  return (
    (context === null
      ? undefined
      : fromPart(key, file?.contexts.get(context), (line) => ({ from: 'context', context, file: named, line }))) ??
    fromPart(key, file?.base, (line) => ({ from: 'file', file: named, line })) ?? {
      value: settingsTable[key].default,
      provenance: { from: 'default' },
    }
  )
}

const contextOptIns = (file: ConfigFile | undefined): Settings['contextOptIns'] =>
  Array.from(file?.contexts ?? []).flatMap(([context, { values, lines }]) => {
    const line = lines.get('with')
    if (file === undefined || values.with === undefined || line === undefined) return []
    return [{ with: values.with, provenance: { from: 'context' as const, context, file: file.file, line } }]
  })

/**
 * The settings that hold for a context (null: none, as on the local machine): flag, then environment, context, file,
 * default. An empty variable counts as none. Throws {@link WrongUse} naming the flag or variable that is wrong.
 */
export const resolve = (sources: Sources, context: string | null): Settings => {
  const found = settingKeys.map((key) => [key, find(key, sources, context)] as const)
  const { base, contexts } = sources.file ?? {}
  const layers = [base, context === null ? undefined : contexts?.get(context)]
  const values = Object.fromEntries(found.map(([key, { value }]) => [key, value]))
  const provenance = Object.fromEntries(found.map(([key, from]) => [key, from.provenance]))
  const { thresholds } = mergeThresholds(layers.flatMap((part) => part?.thresholds ?? []))
  const nodes = Object.assign({}, ...layers.map((part) => part?.nodes ?? {})) as Settings['nodes']
  return { ...values, thresholds, nodes, provenance, contextOptIns: contextOptIns(sources.file) } as Settings
}
