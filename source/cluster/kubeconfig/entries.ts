import * as z from 'zod/mini'

const notText = 'is not a text (are quotes missing?)'

const text = z.optional(z.string(notText))
const truth = z.optional(z.boolean('is neither true nor false'))
const texts = z.optional(z.readonly(z.array(z.string(notText), 'is not a list')))

// As Go reads it: the standard alphabet, lines may be broken, padding must be right.
const base64 = z.optional(
  z
    .string(notText)
    .check(
      z.refine(
        (data) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data.replace(/[\r\n]/g, '')),
        'is not base64',
      ),
    ),
)

const list = <Entry extends z.ZodMiniType>(entry: Entry) => z.optional(z.readonly(z.array(entry, 'is not a list')))

const exec = z.object(
  {
    apiVersion: text,
    command: text,
    args: texts,
    env: list(z.object({ name: text, value: text }, 'is not a map')),
    installHint: text,
    provideClusterInfo: truth,
    interactiveMode: text,
  },
  'is not a map',
)

const cluster = z.object(
  {
    server: text,
    'tls-server-name': text,
    'insecure-skip-tls-verify': truth,
    'certificate-authority': text,
    'certificate-authority-data': base64,
    'proxy-url': text,
    'disable-compression': truth,
    extensions: list(z.object({ name: text, extension: z.optional(z.unknown()) }, 'is not a map')),
  },
  'is not a map',
)

const user = z.object(
  {
    'client-certificate': text,
    'client-certificate-data': base64,
    'client-key': text,
    'client-key-data': base64,
    token: text,
    tokenFile: text,
    as: text,
    'as-uid': text,
    'as-groups': texts,
    'as-user-extra': z.optional(
      z.record(z.string(), z.readonly(z.array(z.string(notText), 'is not a list')), 'is not a map'),
    ),
    username: text,
    password: text,
    'auth-provider': z.optional(z.object({ name: text }, 'is not a map')),
    exec: z.optional(exec),
  },
  'is not a map',
)

const context = z.object({ cluster: text, user: text, namespace: text }, 'is not a map')

/**
 * What a kubeconfig may hold, as kubectl takes it: keys that nobody knows are passed over, a missing name is the empty one
 * (client-go: tools/clientcmd/api/v1/types.go). Keys are spelt as in the file.
 */
export const documentSchema = z.object(
  {
    apiVersion: text,
    kind: text,
    'current-context': text,
    clusters: list(z.object({ name: text, cluster: z.optional(cluster) }, 'is not a map')),
    users: list(z.object({ name: text, user: z.optional(user) }, 'is not a map')),
    contexts: list(z.object({ name: text, context: z.optional(context) }, 'is not a map')),
  },
  'is not a map',
)

export type Cluster = z.infer<typeof cluster>
export type User = z.infer<typeof user>
export type Context = z.infer<typeof context>
export type ExecSpec = z.infer<typeof exec>

/** One entry, and the file it stands in. */
export interface Entry<Value> {
  readonly file: string
  readonly value: Value
}

/** One file, or several merged. Paths in it are absolute. */
export interface Kubeconfig {
  /** Empty where none is named. */
  readonly currentContext: string
  readonly clusters: ReadonlyMap<string, Entry<Cluster>>
  readonly users: ReadonlyMap<string, Entry<User>>
  readonly contexts: ReadonlyMap<string, Entry<Context>>
}
