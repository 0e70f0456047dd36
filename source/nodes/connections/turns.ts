import type { Connection, Exit } from './connection.ts'

/** Puts a piece of work off until its turn has come. */
export type Turns = (work: () => void) => void

/** Milliseconds of work at a stretch. */
const stretch = 8

/**
 * Work in the order in which it came, so much at a time: in between, what a person types is read. When a hundred nodes have
 * answered at once, a key would else wait until all of that is worked through.
 */
export const createTurns = (now: () => number = () => performance.now()): Turns => {
  let waiting: (() => void)[] = []
  let done = 0
  const run = (): void => {
    const end = now() + stretch
    try {
      do {
        const work = waiting[done]
        done += 1
        work?.()
      } while (done < waiting.length && now() < end)
    } finally {
      waiting = waiting.slice(done)
      done = 0
      if (waiting.length > 0) setImmediate(run)
    }
  }
  return (work) => {
    waiting.push(work)
    if (waiting.length === 1) setImmediate(run)
  }
}

/** The same connection; what its programs write, and then that they ended, is told when its turn has come. */
export const inTurns = (connection: Connection, turns: Turns): Connection => ({
  ...connection,
  async stream(program, signal) {
    const channel = await connection.stream(program, signal)
    return {
      ...channel,
      onData: (listener) => channel.onData((chunk) => turns(() => listener(chunk))),
      exit: new Promise<Exit>((resolve) => void channel.exit.then((how) => turns(() => resolve(how)))),
    }
  },
})
