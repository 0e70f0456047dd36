import { dirname, isAbsolute, join } from 'node:path'
import { LineCounter, parseAllDocuments, type Tags } from 'yaml'
import { type Cluster, documentSchema, type Entry, type Kubeconfig, type User } from './entries.ts'
import { named, WrongKubeconfig } from './wrong-kubeconfig.ts'

/** Go takes null for not there. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  )
}

type Tag = Tags[number]

/** Go reads neither times of day nor dates: they are names like others. */
const isReadByGo = (tag: Tag): boolean =>
  typeof tag === 'string' || (tag.format !== 'TIME' && !tag.tag.endsWith(':timestamp'))

const power = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+$/

/** Nor a power of ten without digits before it: `e2` is a name (go-yaml, resolve.go, yamlStyleFloat). */
const asGoReads = (tag: Tag): Tag =>
  typeof tag === 'string' || tag.format !== 'EXP' || tag.collection !== undefined ? tag : { ...tag, test: power }

/** What stands in a file. An error names the line and no more: what stands there may be a secret. */
const readYaml = (text: string, wrong: (why: string) => never): unknown => {
  const lineCounter = new LineCounter()
  // As kubectl reads it: YAML 1.1, of two equal keys the last, of several documents the first.
  const documents = parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter,
    customTags: (tags) => tags.filter(isReadByGo).map(asGoReads),
  })
  const document = 'empty' in documents ? undefined : documents[0]
  const [error] = document?.errors ?? []
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0])
    return wrong(`line ${line} is not YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`)
  }
  try {
    return document?.toJS({ maxAliasCount: 100 })
  } catch {
    return wrong('its YAML aliases lead too far or nowhere')
  }
}

/** Relative to the file, as client-go has it (tools/clientcmd/loader.go, ResolvePaths). */
const beside = (file: string, path: string | undefined): string | undefined =>
  path === undefined || path === '' || isAbsolute(path) ? path : join(dirname(file), path)

const clusterOf = (file: string, cluster: Cluster): Cluster => ({
  ...cluster,
  'certificate-authority': beside(file, cluster['certificate-authority']),
})

const userOf = (file: string, user: User): User => ({
  ...user,
  'client-certificate': beside(file, user['client-certificate']),
  'client-key': beside(file, user['client-key']),
  tokenFile: beside(file, user.tokenFile),
  // A plain name is looked for in PATH.
  exec: user.exec?.command?.includes('/') ? { ...user.exec, command: beside(file, user.exec.command) } : user.exec,
})

/** One kubeconfig. `file` is an absolute path. Throws {@link WrongKubeconfig}. */
export const parseKubeconfig = (text: string, file: string): Kubeconfig => {
  const wrong = (why: string): never => {
    throw new WrongKubeconfig(`kubeconfig ${file}: ${why}: mend the file`)
  }
  const parsed = documentSchema.safeParse(withoutNulls(readYaml(text, wrong)) ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return wrong(`${issue?.path.map(String).join('.') || 'the whole of it'} ${issue?.message ?? 'is not understood'}`)
  }
  const { apiVersion = 'v1', kind = 'Config', clusters = [], users = [], contexts = [], ...rest } = parsed.data
  if (kind !== 'Config' || apiVersion !== 'v1') return wrong('it is no Config of version v1')
  const unique = <Value>(what: string, entries: readonly (readonly [string, Value])[]): Map<string, Entry<Value>> => {
    const seen = new Map<string, Entry<Value>>()
    for (const [name, value] of entries) {
      if (seen.has(name)) return wrong(`it has two ${what} named ${named(name)}`)
      seen.set(name, { file, value })
    }
    return seen
  }
  return {
    currentContext: rest['current-context'] ?? '',
    clusters: unique(
      'clusters',
      clusters.map(({ name = '', cluster = {} }) => [name, clusterOf(file, cluster)]),
    ),
    users: unique(
      'users',
      users.map(({ name = '', user = {} }) => [name, userOf(file, user)]),
    ),
    contexts: unique(
      'contexts',
      contexts.map(({ name = '', context = {} }) => [name, context]),
    ),
  }
}
