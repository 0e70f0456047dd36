import { onTestFinished } from 'vitest'
import type { ApiRequest, ApiResponse } from '../../source/cluster/api.ts'
import { type ClusterApi, type ConnectOptions, connectCluster } from '../../source/cluster/connect.ts'
import type { Target } from '../../source/cluster/kubeconfig/target.ts'

/** A way to a cluster that is closed when the test ends; the environment of the machine has no say. */
export const connected = (target: Target, options: Partial<ConnectOptions> = {}): ClusterApi => {
  const api = connectCluster(target, { environment: { PATH: process.env['PATH'] }, ...options })
  onTestFinished(() => api.close())
  return api
}

export const textOf = async ({ body }: ApiResponse): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export const never = (): AbortSignal => new AbortController().signal

/** Asks and reads to the end. */
export const ask = async (
  api: ClusterApi,
  request: Partial<ApiRequest> = {},
): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await api.request({ path: '/api/v1/nodes', signal: never(), ...request })
  return { status: answer.status, text: await textOf(answer) }
}
