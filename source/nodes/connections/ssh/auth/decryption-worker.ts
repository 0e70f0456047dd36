import { parentPort, workerData } from 'node:worker_threads'
import { plainKey } from './plain-key.ts'

/** What makes this module a worker where it is loaded as one. */
export const workerMark = 'kntop decrypts a key'

/** The address of this module, which is the source file or the chunk of the bundle that it became. */
export const workerAddress: string = import.meta.url

if (workerData === workerMark)
  parentPort?.once('message', ({ text, passphrase }: { readonly text: string; readonly passphrase: string }) =>
    parentPort?.postMessage(plainKey(text, passphrase)),
  )
