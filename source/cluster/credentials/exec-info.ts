import type { ExecSpec } from '../kubeconfig/entries.ts'
import type { Target } from '../kubeconfig/target.ts'

/** The extension of a cluster entry that is meant for plugins. */
const extension = 'client.authentication.k8s.io/exec'

const clusterInfo = ({ cluster, server }: Target, authority: string | undefined): object => {
  const config = cluster.extensions?.find(({ name }) => name === extension)?.extension
  return {
    server: server.href.replace(/\/$/, ''),
    ...(cluster['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === undefined ? {} : { 'certificate-authority-data': authority }),
    ...(cluster['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
    ...(cluster['disable-compression'] ? { 'disable-compression': true } : {}),
    ...(config === undefined ? {} : { config }),
  }
}

/**
 * The variable KUBERNETES_EXEC_INFO: what a plugin is told (client-go: plugin/pkg/client/auth/exec, pkg/apis/clientauthentication).
 * `authority`: the certificate authority, base64 of PEM.
 */
export const execInfo = (spec: ExecSpec, target: Target, authority: string | undefined): string =>
  JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: spec.apiVersion,
    spec: {
      ...(spec.provideClusterInfo ? { cluster: clusterInfo(target, authority) } : {}),
      interactive: false,
    },
  })
