import { rbacManifest } from '../cluster/rbac.ts'
import { print } from './output.ts'

/** Prints the Kubernetes roles that kntop needs; gives back the exit code. Contacts nobody. */
export const rbac = async (): Promise<number> => {
  await print(rbacManifest(), process.stdout)
  return 0
}
