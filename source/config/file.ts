import * as z from 'zod/mini'
import { isMetricId, type MetricId } from '../metrics/catalogue.ts'
import { levelNames } from '../metrics/metric.ts'
import { didYouMean } from '../text/nearest.ts'
import { parseYaml, type YamlDocument } from './document.ts'
import { type SettingKey, settingKeys, settingsTable, type Values } from './settings.ts'
import { type LevelChanges, levelKeys, mergeThresholds, type ThresholdChanges, thresholdsSchema } from './thresholds.ts'
import { hostsOfNodes, quoted } from './values.ts'
import { WrongUse } from './wrong-use.ts'

/** What the file says for everything, or for one context. */
export interface Part {
  readonly values: Partial<Values>
  readonly lines: ReadonlyMap<SettingKey, number>
  readonly thresholds: ThresholdChanges
  /** Node names of the cluster, and the hosts that they are to ssh. */
  readonly nodes: Readonly<Record<string, string>>
}

/** A configuration file that was found right. */
export interface ConfigFile {
  readonly file: string
  readonly base: Part
  readonly contexts: ReadonlyMap<string, Part>
}

const settings = Object.fromEntries(settingKeys.map((key) => [key, z.optional(settingsTable[key].schema)]))
const part = { ...settings, nodes: z.optional(hostsOfNodes), thresholds: z.optional(thresholdsSchema) }
const mapping = 'write settings, one a line, such as historyMemory: 64MB'

const contexts = z.record(z.string(), z.strictObject(part, mapping), 'write contexts and their settings')
const schema = z.strictObject({ ...part, contexts: z.optional(contexts) }, mapping)

const partKeys: readonly string[] = [...settingKeys, 'nodes', 'thresholds']

/** The keys that may stand where an unknown one was found. */
const keysAt = (path: readonly PropertyKey[]): readonly string[] => {
  if (path.length === 0) return [...partKeys, 'contexts']
  const below = path[0] === 'contexts' ? path.slice(2) : path
  return below.length === 0 ? partKeys : below.length === 2 ? levelNames : levelKeys
}

const complain = (document: YamlDocument, path: readonly PropertyKey[], message: string): never => {
  const key = path.length === 0 ? '' : `${path.map(String).join('.')}: `
  throw new WrongUse(`${document.file}:${document.lineOf(path)}: ${key}${message}`)
}

const explain = (document: YamlDocument, issue: z.core.$ZodIssue): never => {
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    const known = keysAt(issue.path)
    const meant = didYouMean(key, known) || `; known are ${known.join(', ')}`
    throw new WrongUse(`${document.file}:${document.lineOf([...issue.path, key])}: unknown key ${quoted(key)}${meant}`)
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return complain(document, issue.path, message)
}

const changesIn = (document: YamlDocument, path: readonly string[], found: z.infer<typeof thresholdsSchema>) => {
  const changes = new Map<MetricId, LevelChanges>()
  for (const [id, levels] of Object.entries(found)) {
    const placed = Object.entries(levels).map(([name, level]) => {
      const line = document.lineOf([...path, 'thresholds', id, name])
      return [name, { ...level, place: `${document.file}:${line}` }]
    })
    if (isMetricId(id)) changes.set(id, Object.fromEntries(placed))
  }
  return changes
}

const partOf = (document: YamlDocument, path: readonly string[], found: z.infer<typeof schema>): Part => {
  const { thresholds = {}, nodes = {}, contexts: _, ...values } = found
  const lines = Object.keys(values).map((key) => [key as SettingKey, document.lineOf([...path, key])] as const)
  return { values, lines: new Map(lines), thresholds: changesIn(document, path, thresholds), nodes }
}

/** Reads a configuration. `file` is its name in messages. Throws {@link WrongUse} naming line, key and what is right. */
export const parseConfig = (text: string, file: string): ConfigFile => {
  const document = parseYaml(text, file)
  const checked = schema.safeParse(document.data ?? {})
  if (!checked.success) {
    const [issue] = checked.error.issues
    return issue === undefined ? complain(document, [], mapping) : explain(document, issue)
  }
  const base = partOf(document, [], checked.data)
  const contexts = Object.entries(checked.data.contexts ?? {}).map(
    ([name, found]) => [name, partOf(document, ['contexts', name], found)] as const,
  )
  // A level is right or wrong only together with those it is laid over.
  for (const layers of [[base], ...contexts.map(([, part]) => [base, part])]) {
    const { problem } = mergeThresholds(layers.map(({ thresholds }) => thresholds))
    if (problem !== undefined) throw new WrongUse(`${problem.place}: ${problem.message}`)
  }
  return { file, base, contexts: new Map(contexts) }
}
