import type { Lab } from './cluster.ts'
import { until } from './processes.ts'

/** Settles when the API server says that it is ready. Rejects at once if it has ended. */
export const apiReady = async ({ kubectl, nodes }: Lab): Promise<void> => {
  const [controlPlane] = nodes
  await until(
    'the API server is ready',
    async () => {
      if ((await controlPlane?.state('kube-apiserver')) === undefined) throw new Error('the API server has ended')
      return kubectl(['get', '--raw=/readyz', '--request-timeout=3s']).catch(() => undefined)
    },
    60_000,
  )
}
