import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Plain } from './plain-key.ts'
import type { Secret } from './secret.ts'

/**
 * Decrypts a key file's text in a thread of its own: OpenSSH's key derivation (bcrypt) takes half a second of computing and
 * Node has no native one, so that on the main thread every screen and every node would stand still.
 *
 * The worker is a module that is only ever imported dynamically. So the bundler makes it a file of its own, and asking the
 * module for its address gives the right one from the source as well as from the bundle.
 */
export const decryptKey = async (text: string, passphrase: Secret): Promise<Plain> => {
  const { workerAddress, workerMark } = await import('./decryption-worker.ts')
  const worker = new Worker(new URL(workerAddress), { workerData: workerMark, execArgv: [] })
  try {
    worker.postMessage({ text, passphrase: passphrase.reveal() })
    const [answer] = (await once(worker, 'message')) as [Plain]
    return answer
  } finally {
    await worker.terminate()
  }
}
