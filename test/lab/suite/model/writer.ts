import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pkiFolder } from '../../certificates.ts'
import { net } from '../../names.ts'

/** Writes services of one namespace as somebody who may do everything, over a way of its own. */
export interface Writer {
  /** Makes a service, or changes it; gives the `resourceVersion` that it then has. */
  put(name: string, port: number): Promise<string>
  /** One that is not there is left at that. */
  remove(name: string): Promise<void>
}

const pki = (file: string): Buffer => readFileSync(join(pkiFolder, file))

export const createWriter = (namespace: string): Writer => {
  const admin = { ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') }

  const send = async (method: 'PATCH' | 'DELETE', name: string, body = ''): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}/services/${name}?fieldManager=model&force=true`
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const headers = { 'Content-Type': 'application/apply-patch+yaml' }
    // No connection is kept: the server may be another one by the next.
    request({ host: net.node(1), port: 6443, ...admin, agent: false, method, path, headers }, (answer) => {
      const { statusCode = 0 } = answer
      text(answer).then((said) => {
        if (statusCode < 300 || (method === 'DELETE' && statusCode === 404)) resolve(said)
        else reject(new Error(`${method} ${path} gave ${statusCode}: ${said.slice(0, 300)}`))
      }, reject)
    })
      .on('error', reject)
      .end(body)
    return promise
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
