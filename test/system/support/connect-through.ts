import type { Connect } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'

/** A connection to this machine that runs everything behind these words: a way into a namespace. */
export const connectThrough =
  (enter: readonly string[]): Connect =>
  async () => {
    const connection = await connectLocal()
    return {
      ...connection,
      stream: ({ argv, ...program }, signal) =>
        connection.stream({ ...program, argv: [...enter, ...argv] as unknown as typeof argv }, signal),
    }
  }
