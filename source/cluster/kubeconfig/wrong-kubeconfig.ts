import { type Clean, clean } from '../../text/clean.ts'

/** A kubeconfig that cannot be used. The cause names the file or entry, what is wrong and what to do; never a value. */
export class WrongKubeconfig extends Error {
  override readonly name = 'WrongKubeconfig'
  override readonly cause: Clean

  constructor(cause: string) {
    super(clean(cause, 600))
    this.cause = clean(cause, 600)
  }
}

/** A name of somebody else's, as messages repeat it. */
export const named = (name: string): string => `"${clean(name, 80)}"`
