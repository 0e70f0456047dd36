/** Writes some of the bytes and says how many, or why none. May answer EAGAIN; never answers before it returns. */
export type WriteSome = (bytes: Uint8Array, done: (error: Error | null, written: number) => void) => void

/** Sends bytes in order with one write in flight. */
export type Sender = {
  /** Takes the next bytes; only while not busy. `done` is called once all are written. */
  send(bytes: Uint8Array, done: () => void): void
  readonly isBusy: boolean
  /** Bytes the terminal has not taken yet. */
  readonly waiting: number
  /** Sends nothing more; `done` is not called any more. */
  stop(): void
}

// A terminal that takes nothing is asked again after 2 ms, then twice as long each time: quick enough for a full pty
// buffer that is being emptied, idle enough for one that was stopped with ctrl-s.
const firstPause = 2
const longestPause = 64

/** @param onError the terminal refuses for good; nothing is sent afterwards. Called once. */
export const createSender = (write: WriteSome, onError: (error: Error) => void): Sender => {
  let rest: Uint8Array = new Uint8Array(0)
  let done: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let pause = firstPause

  const stop = (): void => {
    clearTimeout(timer)
    done = undefined
    // A write that no thread has taken up yet would come after whatever is written next: as NUL it shows nothing.
    rest.fill(0)
  }

  const wait = (): void => {
    timer = setTimeout(attempt, pause)
    pause = Math.min(longestPause, pause * 2)
  }

  const attempt = (): void => {
    write(rest, (error, written) => {
      if (done === undefined) return
      if (error && (error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        stop()
        onError(error)
        return
      }
      if (error || written === 0) {
        wait()
        return
      }
      pause = firstPause
      rest = rest.subarray(written)
      if (rest.length > 0) {
        attempt()
        return
      }
      const finished = done
      done = undefined
      finished()
    })
  }

  return {
    send(bytes, whenDone) {
      rest = bytes
      done = whenDone
      attempt()
    },
    get isBusy() {
      return done !== undefined
    },
    get waiting() {
      return done === undefined ? 0 : rest.length
    },
    stop,
  }
}
