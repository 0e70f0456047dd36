import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { pkiFolder } from './certificates.ts'
import { labName, net } from './names.ts'

export const apiServer = `https://${net.node(1)}:6443`

const embedded = (file: string): string => readFileSync(join(pkiFolder, file)).toString('base64')

/** Writes a kubeconfig that needs no other file. `holder`: whose certificate. */
export const writeKubeconfig = (path: string, holder: string): void => {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: labName, cluster: { server: apiServer, 'certificate-authority-data': embedded('ca.crt') } }],
    users: [
      {
        name: holder,
        user: {
          'client-certificate-data': embedded(`${holder}.crt`),
          'client-key-data': embedded(`${holder}.key`),
        },
      },
    ],
    contexts: [{ name: labName, context: { cluster: labName, user: holder } }],
    'current-context': labName,
  }
  writeFileSync(path, stringify(config, { lineWidth: 0 }), { mode: 0o600 })
}
