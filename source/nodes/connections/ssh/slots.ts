import { afterLogin, type LoginResult, type LoginsSoFar, loginsAtATime, noLogins } from './auth/first-contact.ts'

/** Whose turn it is to log in: few until it is known that a user is let in. */
export interface Slots {
  /** Runs a login of this user when there is room for one more; `judge` says what a rejection was. */
  run<T>(user: string, login: () => Promise<T>, judge: (error: unknown) => LoginResult): Promise<T>
}

/** Milliseconds after which a login gives its place to the next: a person may be typing, or nobody answers. */
const patience = 3000

interface Queue {
  so: LoginsSoFar
  running: number
  readonly waiting: (() => void)[]
}

export const createSlots = (): Slots => {
  const queues = new Map<string, Queue>()

  const next = (queue: Queue): void => {
    while (queue.running < loginsAtATime(queue.so)) {
      const start = queue.waiting.shift()
      if (start === undefined) return
      queue.running += 1
      start()
    }
  }

  return {
    async run(user, login, judge) {
      const queue = queues.get(user) ?? { so: noLogins, running: 0, waiting: [] }
      queues.set(user, queue)
      await new Promise<void>((resolve) => {
        queue.waiting.push(resolve)
        next(queue)
      })
      let result: LoginResult = 'accepted'
      let hasPlace = true
      const leave = (): void => {
        clearTimeout(timer)
        if (hasPlace) queue.running -= 1
        hasPlace = false
        next(queue)
      }
      const timer = setTimeout(leave, patience).unref()
      try {
        return await login()
      } catch (error) {
        result = judge(error)
        throw error
      } finally {
        queue.so = afterLogin(queue.so, result)
        leave()
      }
    },
  }
}
