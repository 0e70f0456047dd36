import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

/** What client-node's `KubeConfig` names but does not need for what we use of it, and the names that are taken from each. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  // Its requests; ours go over node's own http.
  undici: ['Agent', 'ProxyAgent', 'FormData', 'fetch', 'Headers', 'Response', 'Request'],
  'socks-proxy-agent': ['SocksProxyAgent'],
  socks: ['SocksClient'],
  hpagent: ['HttpProxyAgent', 'HttpsProxyAgent'],
  // Its kubeconfig files; ours are merged before it sees them.
  'js-yaml': ['load'],
  // Its plugins and login providers; ours come as tokens and certificates.
  './azure_auth.js': ['AzureAuth'],
  './exec_auth.js': ['ExecAuth'],
  './gcp_auth.js': ['GoogleCloudPlatformAuth'],
  './oidc_auth.js': ['OpenIDConnectAuth'],
}

/** A class of which nothing can be had; a login provider may be made, and answers for nobody. */
const nothing = (path: string, name: string): string =>
  name.endsWith('Auth')
    ? `export class ${name} { isAuthProvider() { return false } }`
    : `export class ${name} { constructor() { throw new Error(${JSON.stringify(`${path} is left out of the bundle`)}) } }`

const fromClient = /client-node[\\/]dist[\\/](?:config|gen[\\/].*)\.js$/
const fromConfig = /client-node[\\/]dist[\\/]config\.js$/

/**
 * Takes `KubeConfig` without the client that is generated around it: 22 KB instead of 1.2 MB, a tenth of the time to load. A name
 * that a later version takes besides stops the build.
 */
export const leanKubernetes: Plugin = {
  name: 'lean-kubernetes',
  setup(build) {
    build.onResolve({ filter: /^[a-z.]/ }, ({ path, importer }) =>
      path in leftOut && fromClient.test(importer) ? { path, namespace: 'left-out' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: (leftOut[path] ?? []).map((name) => nothing(path, name)).join('\n'),
    }))
    // The two parts of the generated client that are named in it stand in files of their own.
    build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ path, importer }) =>
      fromConfig.test(importer) ? { path: join(dirname(importer), path), namespace: 'generated' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'generated' }, ({ path }) => ({
      contents: `export { createConfiguration } from './configuration.js'
        export { ServerConfiguration } from './servers.js'`,
      resolveDir: dirname(path),
    }))
  },
}
