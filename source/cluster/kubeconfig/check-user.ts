import type { User } from './entries.ts'

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']
const interactiveModes = ['Never', 'IfAvailable', 'Always']

const wrongExec = ({ exec }: User): string | undefined => {
  if (exec === undefined) return undefined
  const { apiVersion = '', command = '', env = [], interactiveMode } = exec
  if (command === '') return 'exec names no command: write one'
  if (!apiVersions.includes(apiVersion))
    return `exec.apiVersion is not one of ${apiVersions.join(', ')}: update the plugin`
  if (env.some(({ name = '' }) => name === '')) return 'exec.env has an entry without a name: write one'
  if (interactiveMode === undefined)
    return apiVersion.endsWith('/v1') ? 'exec.interactiveMode is not there: write IfAvailable or Never' : undefined
  return interactiveModes.includes(interactiveMode)
    ? undefined
    : `exec.interactiveMode is not one of ${interactiveModes.join(', ')}`
}

/**
 * Why a user entry cannot be used, with an advice, or undefined. What client-go refuses is refused (tools/clientcmd/validation.go),
 * and login providers that it has no more.
 */
export const wrongUser = (user: User): string | undefined => {
  const provider = user['auth-provider']
  const has = (...keys: readonly (keyof User)[]): boolean => keys.some((key) => Boolean(user[key]))
  if (has('token') && has('username', 'password')) return 'it has both a token and a password: leave one of them out'
  if (provider !== undefined && user.exec !== undefined)
    return 'it has both auth-provider and exec: leave one of them out'
  if (provider?.name === 'oidc')
    return 'auth-provider oidc is not supported, as renewing its token would end the one kubectl holds: use an exec plugin such as kubelogin'
  if (provider !== undefined)
    return 'auth-provider is not supported, as kubectl has none any more: use the exec plugin of your cloud (gke-gcloud-auth-plugin, kubelogin)'
  if (has('client-certificate', 'client-certificate-data') && !has('client-key', 'client-key-data'))
    return 'it has a client certificate without a key: write client-key or client-key-data'
  if (!has('as') && has('as-uid', 'as-groups', 'as-user-extra'))
    return 'it has as-uid, as-groups or as-user-extra without as: write as'
  return wrongExec(user)
}
