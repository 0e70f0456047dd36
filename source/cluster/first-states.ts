/**
 * Whether this server gives a first state through a watch, so that it really ends. One resource tries it while the others
 * wait; what was found out holds for as long as kntop runs.
 */
export interface FirstStates {
  /** `try`: it is the caller who finds out, and who must call {@link decided} or {@link undecided}. */
  way(): Promise<'watch' | 'list' | 'try'>
  decided(works: boolean): void
  /** The attempt ended without an answer: the next one tries. */
  undecided(): void
}

export const createFirstStates = (): FirstStates => {
  let known: 'watch' | 'list' | undefined
  let trying = false
  let waiting: (() => void)[] = []

  const release = (): void => {
    trying = false
    const released = waiting
    waiting = []
    for (const resume of released) resume()
  }

  return {
    async way() {
      while (known === undefined && trying) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
        })
      }
      if (known !== undefined) return known
      trying = true
      return 'try'
    },
    decided(works) {
      known = works ? 'watch' : 'list'
      release()
    },
    undecided: release,
  }
}
