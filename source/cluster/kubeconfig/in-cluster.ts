import { access, readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import type { Wanted } from './choose.ts'
import type { Environment } from './read.ts'
import type { Target } from './target.ts'

/** Where a pod finds the credentials of its service account. */
const usualFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The cluster whose pod this runs in, as client-go finds it (rest/config.go, InClusterConfig); undefined in none. */
export const inCluster = async (
  environment: Environment,
  wanted: Wanted,
  folder = usualFolder,
): Promise<Target | undefined> => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment
  const tokenFile = join(folder, 'token')
  if (!host || !port || !/^\d{1,5}$/.test(port)) return undefined
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
  const isThere = await access(tokenFile).then(
    () => true,
    () => false,
  )
  if (!isThere || !URL.canParse(server)) return undefined
  const own = await readFile(join(folder, 'namespace'), 'utf8').catch(() => '')
  return {
    context: undefined,
    server: new URL(server),
    namespace: wanted.namespace ?? (own.trim() || 'default'),
    cluster: { server, 'certificate-authority': join(folder, 'ca.crt') },
    userName: 'service account of this pod',
    user: { tokenFile },
    impersonation: wanted.as === undefined ? undefined : { user: wanted.as, groups: [], extra: {} },
  }
}
