import type { Api } from '../../../source/cluster/api.ts'
import { connectCluster } from '../../../source/cluster/connect.ts'

/** The real way to a plain HTTP server, and how often it heard that its credentials were refused. */
export interface HttpApi extends Api {
  readonly refusals: () => number
  close(): void
}

export const createHttpApi = (origin: string): HttpApi => {
  const target = {
    context: 'mock',
    server: new URL(origin),
    namespace: 'default',
    cluster: {},
    userName: 'karin',
    user: {},
    impersonation: undefined,
  }
  const api = connectCluster(target, { environment: {} })
  let refusals = 0
  return {
    request: api.request,
    refused() {
      refusals++
      return api.refused()
    },
    refusals: () => refusals,
    close: api.close,
  }
}
