import type { Connection, Exit } from './connection.ts'

/** Puts a piece of work off until its turn has come; `given` is handed to it then. */
export interface Turns {
  (work: () => void): void
  <Given>(work: (given: Given) => void, given: Given): void
}

/** Milliseconds of work at a stretch. */
const stretch = 8

/**
 * Work in the order in which it came, so much at a time: in between, what a person types is read. When a hundred nodes have
 * answered at once, a key would else wait until all of that is worked through.
 */
export const createTurns = (now: () => number = () => performance.now()): Turns => {
  // Side by side, and never made anew: a thousand nodes have work here every second.
  const works: (((given: unknown) => void) | undefined)[] = []
  const givens: unknown[] = []
  let waiting = 0
  let done = 0

  const next = (): void => {
    const work = works[done]
    const given = givens[done]
    works[done] = undefined
    givens[done] = undefined
    done += 1
    work?.(given)
  }
  const run = (): void => {
    const end = now() + stretch
    try {
      do next()
      while (done < waiting && now() < end)
    } finally {
      if (done < waiting) for (const list of [works, givens]) list.splice(0, done)
      waiting -= done
      done = 0
      if (waiting > 0) setImmediate(run)
    }
  }
  return (work: (given: unknown) => void, given?: unknown): void => {
    works[waiting] = work
    givens[waiting] = given
    waiting += 1
    if (waiting === 1) setImmediate(run)
  }
}

/** The same connection; what its programs write, and then that they ended, is told when its turn has come. */
export const inTurns = (connection: Connection, turns: Turns): Connection => ({
  ...connection,
  async stream(program, signal) {
    const channel = await connection.stream(program, signal)
    return {
      ...channel,
      onData: (listener) => channel.onData((chunk) => turns(listener, chunk)),
      exit: new Promise<Exit>((resolve) => void channel.exit.then((how) => turns(() => resolve(how)))),
    }
  },
})
