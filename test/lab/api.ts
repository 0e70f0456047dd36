import type { Kubectl } from './workloads.ts'

/** Whether the API server says that it is ready, within seconds. */
export const apiAnswers = (kubectl: Kubectl): Promise<boolean> =>
  kubectl(['get', '--raw=/readyz', '--request-timeout=3s']).then(
    () => true,
    () => false,
  )
