import * as z from 'zod'
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
export const historyLimits = { least: 4e6, most: 4e9 } as const

/** Ends the parse of one value with a message of ours. */
const refuse = (context: z.RefinementCtx, message: string): never => {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}

const sizeHint = 'write a size such as 64MB, from 4MB to 4GB'

export const historySize = z.string(sizeHint).transform((text, context): number => {
  const size = parseSize(text)
  if (size === undefined) return refuse(context, `${quoted(text)} is not a size: ${sizeHint}`)
  if (size < historyLimits.least) return refuse(context, `${quoted(text)} is too small: ${sizeHint}`)
  return size > historyLimits.most ? refuse(context, `${quoted(text)} is too much: ${sizeHint}`) : size
})

const optInHint = 'write names such as disk-probe, disk-probe@local or all'

const optIn = z.string(optInHint).transform((text, context): OptInRequest => {
  const [, name, connection] = /^([a-z][a-z0-9-]*)(@local)?$/.exec(text.trim()) ?? []
  if (name === undefined) return refuse(context, `${quoted(text)} is no name of an opt-in: ${optInHint}`)
  return connection === undefined ? { name } : { name, connection: 'local' }
})

export const optInList = z.array(optIn, 'write a list of names such as [disk-probe, dns-capture]').readonly()

// A URL may hold a password, so that none of these messages repeats it.
const urlHint = 'write a URL such as http://127.0.0.1:2381/metrics'

const metricsUrl = z.string(urlHint).transform((text, context): string => {
  if (!URL.canParse(text)) return refuse(context, `not a URL: ${urlHint}`)
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol)) return refuse(context, `neither http nor https: ${urlHint}`)
  const open = url.username === '' && url.password === ''
  return open ? url.href : refuse(context, 'credentials in a URL would show in process lists: use one that needs none')
})

export const urlList = z.array(metricsUrl, 'write a list of URLs such as [http://127.0.0.1:2381/metrics]').readonly()

const folderHint = 'write a folder from the root on, such as /var/lib/etcd-disk'

export const folder = z.string(folderHint).refine((text) => text.startsWith('/') && !text.includes('\0'), {
  error: ({ input }) => `${quoted(input)}: ${folderHint}`,
})

/** One of a few words. YAML reads `16` as a number, which is the same word. */
export const oneOf = <const Words extends readonly string[]>(words: Words): z.ZodType<Words[number]> =>
  z.preprocess(
    (value) => (typeof value === 'number' ? String(value) : value),
    z.enum(words, { error: ({ input }) => `${quoted(input)} is not one of ${words.join(', ')}` }),
  )
