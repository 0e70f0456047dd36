import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { pkiFolder } from '../../certificates.ts'
import { net } from '../../names.ts'

/** Writes services of one namespace as somebody who may do everything, over a way of its own. */
export interface Writer {
  /** Makes a service, or changes it; gives the `resourceVersion` that it then has. */
  put(name: string, port: number): Promise<string>
  /** One that is not there is left at that. */
  remove(name: string): Promise<void>
}

interface Answer {
  readonly status: number
  readonly said: string
}

/** What a server says that cannot just now, since its etcd is late on a busy machine. */
const isPassing = ({ status }: Answer): boolean => status === 429 || status >= 500

const mostAttempts = 10

const pki = (file: string): Buffer => readFileSync(join(pkiFolder, file))

export const createWriter = (namespace: string): Writer => {
  const admin = { ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') }

  const attempt = async (method: 'PATCH' | 'DELETE', name: string, body: string): Promise<Answer> => {
    const path = `/api/v1/namespaces/${namespace}/services/${name}?fieldManager=model&force=true`
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const headers = { 'Content-Type': 'application/apply-patch+yaml' }
    // No connection is kept: the server may be another one by the next.
    request({ host: net.node(1), port: 6443, ...admin, agent: false, method, path, headers }, (answer) => {
      const { statusCode: status = 0 } = answer
      text(answer).then((said) => resolve({ status, said }), reject)
    })
      .on('error', reject)
      .end(body)
    return promise
  }

  /** The same once more changes nothing else. */
  const send = async (method: 'PATCH' | 'DELETE', name: string, body = ''): Promise<string> => {
    for (let attempts = 1; ; attempts++) {
      const answer = await attempt(method, name, body)
      const { status, said } = answer
      if (status < 300 || (method === 'DELETE' && status === 404)) return said
      if (!isPassing(answer) || attempts === mostAttempts)
        throw new Error(`${method} ${name} gave ${status}, ${attempts} times: ${said.slice(0, 300)}`)
      await setTimeout(500)
    }
  }

  return {
    async put(name, port) {
      // Headless and without a selector: nobody else writes it, or anything for it.
      const spec = { clusterIP: 'None', ports: [{ name: 'model', port }] }
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }
      const put = JSON.parse(await send('PATCH', name, JSON.stringify(service))) as {
        readonly metadata: { readonly resourceVersion: string }
      }
      return put.metadata.resourceVersion
    },
    remove: async (name) => void (await send('DELETE', name)),
  }
}
