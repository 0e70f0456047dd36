import * as z from 'zod/mini'
import { clean } from '../text/clean.ts'

/** An opt-in asked for by name, or all of them; `connection` limits it to nodes that are watched in that way. */
export interface OptInRequest {
  readonly name: string
  readonly connection?: 'local'
}

/** A value of somebody else's, as messages repeat it. */
export const quoted = (value: unknown): string => `"${clean(String(value), 60)}"`

const units: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}

/** Bytes of a size such as `64MB`, `1.5 GB` or `64MiB`; undefined if it is none. */
export const parseSize = (text: string): number | undefined => {
  const [, count, unit] = /^(\d{1,9}(?:\.\d{1,3})?) ?([kmg]i?b)$/i.exec(text.trim()) ?? []
  const size = units[unit?.toLowerCase() ?? '']
  return count === undefined || size === undefined ? undefined : Math.round(Number(count) * size)
}

/** The least and the most history, in bytes: below, not even one node has a chart; above, the arrays are a risk of their own. */
const historyLimits = { least: 4e6, most: 4e9 } as const

/** What a text is read as, or `refuse` with what is wrong and what is right. */
type Read<Value> = (text: string, refuse: (message: string) => never) => Value

/** A schema for a value that is written as a text. `hint` says how to write it. */
const written = <Value>(hint: string, read: Read<Value>): z.ZodMiniType<Value> =>
  z.pipe(
    z.string(hint),
    z.transform((text: string, { issues }) =>
      read(text, (message) => {
        issues.push({ code: 'custom', message: `${message}: ${hint}`, input: text })
        return z.NEVER
      }),
    ),
  )

export const historySize = written('write a size such as 64MB, from 4MB to 4GB', (text, refuse) => {
  const size = parseSize(text)
  if (size === undefined) return refuse(`${quoted(text)} is not a size`)
  if (size < historyLimits.least) return refuse(`${quoted(text)} is too small`)
  return size > historyLimits.most ? refuse(`${quoted(text)} is too much`) : size
})

const optIn = written('write names such as disk-probe, disk-probe@local or all', (text, refuse): OptInRequest => {
  const [, name, connection] = /^([a-z][a-z0-9-]*)(@local)?$/.exec(text.trim()) ?? []
  if (name === undefined) return refuse(`${quoted(text)} is no name of an opt-in`)
  if (name === 'none')
    return refuse(`${quoted(text)} names no opt-in (nothing at all is none in a flag or variable, [] in the file)`)
  return connection === undefined ? { name } : { name, connection: 'local' }
})

export const optInList = z.readonly(z.array(optIn, 'write a list of names such as [disk-probe, dns-capture]'))

// A URL may hold a password, so that none of these messages repeats it.
const metricsUrl = written('write a URL such as http://127.0.0.1:2381/metrics', (text, refuse) => {
  if (!URL.canParse(text)) return refuse('not a URL')
  const { protocol, username, password, href } = new URL(text)
  if (!/^https?:$/.test(protocol)) return refuse('neither http nor https')
  return username === '' && password === '' ? href : refuse('credentials in a URL show in process lists')
})

export const urlList = z.readonly(z.array(metricsUrl, 'write a list of URLs such as [http://127.0.0.1:2381/metrics]'))

export const folder = written('write a folder from the root on, such as /var/lib/etcd-disk', (text, refuse) =>
  text.startsWith('/') && !text.includes('\0') ? text : refuse(`${quoted(text)} is no such path`),
)

export const file = written('write the path of a file', (text, refuse) =>
  text !== '' && !text.includes('\0') ? text : refuse(`${quoted(text)} is no path`),
)

const host = written('write names of hosts, as ssh takes them', (text, refuse) =>
  /^[!-~]{1,253}$/.test(text.trim()) ? text.trim() : refuse(`${quoted(text)} is no name of a host`),
)

export const hostList = z.readonly(z.array(host, 'write a list of hosts such as [web1, web2]'))

export const contextName = written('write the name of a context of the kubeconfig', (text, refuse) =>
  text !== '' && text.length <= 253 ? text : refuse(`${quoted(text)} is none`),
)

/** A namespace, or all of them. */
export const everyNamespace = '*'
export const namespaceName = written('write the name of a namespace, or * for all', (text, refuse) =>
  text === everyNamespace || /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
    ? text
    : refuse(`${quoted(text)} is no name of a namespace`),
)

export const userName = written('write the name of a user, as kubectl --as takes it', (text, refuse) =>
  /^[!-~]{1,253}$/.test(text) ? text : refuse(`${quoted(text)} is none`),
)

const nodeName = z
  .string('write the name of a node')
  .check(z.regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'this is no name of a node of Kubernetes'))

/** Under which name or address ssh reaches nodes of a cluster that it does not reach by theirs. */
export const hostsOfNodes = z.record(
  nodeName,
  host,
  'write nodes and the hosts that they are to ssh: worker-7: db7.example.org',
)

/** One of a few words. YAML reads `16` as a number, which is the same word. */
export const oneOf = <const Words extends readonly string[]>(words: Words): z.ZodMiniType<Words[number]> =>
  z.pipe(
    z.transform((value: unknown) => (typeof value === 'number' ? String(value) : value)),
    z.enum(words, { error: ({ input }) => `${quoted(input)} is not one of ${words.join(', ')}` }),
  )
