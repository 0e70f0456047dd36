import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { parse } from 'yaml'

/** As the lab writes it. */
interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ]
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ]
}

/** Resolves to what the server says. Rejects unless it did it; that something is there already is well. */
export type Ask = (method: 'GET' | 'POST' | 'PATCH', path: string, object?: object) => Promise<string>

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** A way to the API server of a kubeconfig of the lab, with so many requests under way at most. */
export const createAdmin = (kubeconfig: string, width: number): Ask => {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
  const [{ cluster }] = clusters
  const [{ user }] = users
  const agent = new Agent({
    keepAlive: true,
    maxSockets: width,
    ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  })
  return async (method, path, object) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const asked = request(`${cluster.server}${path}`, { method, agent, headers: { 'Content-Type': type } })
    asked.end(object === undefined ? undefined : JSON.stringify(object))
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    const said = await text(answer)
    const { statusCode = 0 } = answer
    if (statusCode < 300 || statusCode === 409) return said
    throw new Error(`${method} ${path}: ${statusCode} ${said.slice(0, 500)}`)
  }
}
