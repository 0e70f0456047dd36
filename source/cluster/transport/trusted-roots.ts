import { getCACertificates } from 'node:tls'

let roots: string[] | undefined

/**
 * Whom to believe where a kubeconfig names no certificate authority: Node's own list, and the system's, which is what kubectl
 * reads. Read once, as it is thousands of lines.
 */
export const trustedRoots = (): string[] => {
  roots ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
  return roots
}
