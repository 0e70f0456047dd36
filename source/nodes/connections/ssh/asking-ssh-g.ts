import { type Asked, runSshG, type SshG } from './run-ssh-g.ts'
import { runSshGTogether } from './run-ssh-g-together.ts'

/** How many are asked about at a time. */
const concurrency = 8
/** Hosts of one process: starting one takes as long as two answers. */
const mostTogether = 16

interface Waiting extends PromiseWithResolvers<string | undefined> {
  readonly asked: Asked
  /** Something was odd about it among others. */
  readonly isAlone: boolean
}

const isPlain = ({ asked, isAlone }: Waiting): boolean =>
  !isAlone && [asked.user, asked.port, asked.via, asked.at].every((more) => more === undefined)

/**
 * Asks `ssh -G` about hosts as {@link runSshG} does, 8 at a time. Where many wait, several share a process; whoever gets no clean
 * answer there is asked about alone.
 */
export const askingSshG = (how: SshG, signal: AbortSignal): ((asked: Asked) => Promise<string | undefined>) => {
  let waiting: Waiting[] = []
  let running = 0

  const alone = ({ asked, resolve, reject }: Waiting): Promise<void> =>
    runSshG(how, asked, signal).then(resolve, reject)

  const together = async (these: readonly Waiting[]): Promise<void> => {
    const open = new Set(these)
    const hosts = these.map(({ asked }) => asked.host)
    await runSshGTogether(how, hosts, signal, (index, answer) => {
      const one = these[index]
      if (one === undefined || answer === undefined) return
      open.delete(one)
      if (typeof answer === 'string') one.resolve(answer)
      else one.reject(answer)
    })
    waiting = [...Array.from(open, (one) => ({ ...one, isAlone: true })), ...waiting]
  }

  /** Those that wait in front, as many as go into one process. */
  const take = (): readonly Waiting[] => {
    const most = Math.min(mostTogether, Math.ceil(waiting.length / concurrency))
    const other = waiting.findIndex((one) => !isPlain(one))
    return waiting.splice(0, Math.max(1, Math.min(most, other < 0 ? most : other)))
  }

  const next = (): void => {
    while (running < concurrency && waiting.length > 0) {
      const these = take()
      const [first] = these
      if (first === undefined) return
      running += 1
      void (these.length === 1 ? alone(first) : together(these)).finally(() => {
        running -= 1
        next()
      })
    }
  }

  return (asked) => {
    const one = { asked, isAlone: false, ...Promise.withResolvers<string | undefined>() }
    waiting.push(one)
    next()
    return one.promise
  }
}
