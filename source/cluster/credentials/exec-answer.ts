import * as z from 'zod/mini'

/** What a plugin gave: a token, or a certificate with its key, or both. */
export interface ExecCredential {
  readonly token?: string
  /** PEM. */
  readonly certificate?: string
  readonly key?: string
  /** Wall clock, milliseconds; undefined: good until it is refused. */
  readonly expires?: number
}

const text = z.optional(z.nullable(z.string()))

const schema = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: text,
    clientCertificateData: text,
    clientKeyData: text,
    expirationTimestamp: text,
  }),
})

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Reads a plugin's answer; `wrong` says why it is none, and repeats nothing of it. */
export const readExecAnswer = (stdout: string, apiVersion: string): ExecCredential | { readonly wrong: string } => {
  const answer = schema.safeParse(parsed(stdout))
  if (!answer.success) return { wrong: 'what it printed is no ExecCredential' }
  if (answer.data.apiVersion !== apiVersion)
    return { wrong: `its answer is not of ${apiVersion}, as the kubeconfig says` }
  const { token, clientCertificateData: certificate, clientKeyData: key, expirationTimestamp } = answer.data.status
  if (Boolean(certificate) !== Boolean(key)) return { wrong: 'it gave a certificate without its key, or a key alone' }
  if (!token && !certificate) return { wrong: 'it gave neither a token nor a certificate' }
  const expires = expirationTimestamp ? Date.parse(expirationTimestamp) : undefined
  if (Number.isNaN(expires)) return { wrong: 'its expirationTimestamp is no time' }
  return {
    ...(token ? { token: token.trim() } : {}),
    ...(certificate && key ? { certificate, key } : {}),
    ...(expires === undefined ? {} : { expires }),
  }
}
