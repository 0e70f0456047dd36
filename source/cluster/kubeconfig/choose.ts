import { wrongUser } from './check-user.ts'
import type { Cluster, Entry, Kubeconfig, User } from './entries.ts'
import type { Impersonation, Target } from './target.ts'
import { named, WrongKubeconfig } from './wrong-kubeconfig.ts'

/** What flags and settings say beside the kubeconfig. */
export interface Wanted {
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  /** On whose behalf: takes the place of the kubeconfig's `as`, as with kubectl. */
  readonly as?: string | undefined
}

const wrong = (cause: string): never => {
  throw new WrongKubeconfig(cause)
}

/** The address of a server; without a scheme as client-go reads it: https where there is anything of TLS (rest/url_utils.go). */
const serverOf = (cluster: Cluster, user: User, where: string): URL => {
  const { server = '' } = cluster
  if (server === '') return wrong(`${where} has no server: write one`)
  const hasTls =
    cluster['insecure-skip-tls-verify'] ||
    [cluster['certificate-authority'], cluster['certificate-authority-data']].some(Boolean) ||
    [user['client-certificate'], user['client-certificate-data']].some(Boolean)
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `${hasTls ? 'https' : 'http'}://${server}`
  if (!URL.canParse(full)) return wrong(`${where}: its server is not a URL: write one such as https://10.0.0.1:6443`)
  const url = new URL(full)
  if (!/^https?:$/.test(url.protocol)) return wrong(`${where}: its server is neither http nor https`)
  if (url.username !== '' || url.password !== '')
    return wrong(`${where}: its server holds a user or a password: write them into the user entry`)
  if (url.search !== '' || url.hash !== '') return wrong(`${where}: its server holds more than an address and a path`)
  return url
}

const checkCluster = (cluster: Cluster, where: string): void => {
  const hasCa = [cluster['certificate-authority'], cluster['certificate-authority-data']].some(Boolean)
  // client-go refuses it too (rest: "specifying a root certificates file with the insecure flag is not allowed").
  if (cluster['insecure-skip-tls-verify'] && hasCa)
    wrong(`${where} names a certificate authority and switches verification off: leave one of them out`)
  const proxy = cluster['proxy-url']
  if (!proxy) return
  if (!URL.canParse(proxy)) wrong(`${where}: its proxy-url is not a URL`)
  // http.Transport of Go knows these.
  if (!/^(?:https?|socks5h?):$/.test(new URL(proxy).protocol))
    wrong(`${where}: its proxy-url is none of http, https and socks5`)
}

const impersonationOf = (user: User, as: string | undefined): Impersonation | undefined => {
  const name = as ?? user.as
  if (!name) return undefined
  const uid = user['as-uid']
  return { user: name, ...(uid ? { uid } : {}), groups: user['as-groups'] ?? [], extra: user['as-user-extra'] ?? {} }
}

const nobody: Entry<User> = { file: '', value: {} }

/** The context in use, with everything that it names. Throws {@link WrongKubeconfig}. */
export const chooseTarget = (config: Kubeconfig, wanted: Wanted): Target => {
  const name = wanted.context ?? config.currentContext
  const known = [...config.contexts.keys()].slice(0, 8).map(named).join(', ') || 'none'
  if (name === '') return wrong(`the kubeconfig names no current context: write --context NAME; there is ${known}`)
  const context = config.contexts.get(name)
  if (context === undefined) return wrong(`there is no context ${named(name)} in the kubeconfig; there is ${known}`)
  const { cluster: clusterName = '', user: userName = '', namespace } = context.value
  const inContext = `context ${named(name)} in ${context.file}`
  if (clusterName === '') return wrong(`${inContext} names no cluster: write one`)
  const cluster = config.clusters.get(clusterName)
  if (cluster === undefined) return wrong(`${inContext} names the cluster ${named(clusterName)}, which is not there`)
  // A context without a user is one for nobody in particular.
  const user = userName === '' ? nobody : config.users.get(userName)
  if (user === undefined) return wrong(`${inContext} names the user ${named(userName)}, which is not there`)
  const unusable = wrongUser(user.value)
  if (unusable !== undefined) return wrong(`user ${named(userName)} in ${user.file}: ${unusable}`)
  const where = `cluster ${named(clusterName)} in ${cluster.file}`
  checkCluster(cluster.value, where)
  return {
    context: name,
    server: serverOf(cluster.value, user.value, where),
    namespace: wanted.namespace ?? (namespace || 'default'),
    cluster: cluster.value,
    userName,
    user: user.value,
    impersonation: impersonationOf(user.value, wanted.as),
  }
}
