import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { ConnectionError } from '../connection.ts'
import { closed, endGroup, outputLimit, type SshG, tooLong, tooMuch } from './run-ssh-g.ts'

/**
 * Asks about one host after the other, and says after each how that went. $1: the program, $2: the configuration file, if there
 * is one, $3: what stands before the status; then the hosts.
 */
const script = `
p=$1 f=$2 m=$3
shift 3
for h do
  "$p" -G -T \${f:+-F} \${f:+"$f"} -- "$h" </dev/null 2>/dev/null
  echo "$m $?"
done
`

/** What came of one host: its output; undefined: it has to be asked about alone, to learn why. */
export type Answer = string | undefined | ConnectionError

/**
 * Asks `ssh -G` about several hosts in one process of a shell, because starting a process holds up everything else here for as
 * long as several frames take. Each host has its limits for itself; `answer` hears of each by its place, in their order. Settles when no more
 * is to come; hosts that nothing was heard of are still to be asked about.
 */
export const runSshGTogether = (
  how: SshG,
  hosts: readonly string[],
  signal: AbortSignal,
  answer: (index: number, answer: Answer) => void,
): Promise<void> =>
  new Promise((resolve) => {
    const marker = randomBytes(12).toString('hex')
    const child = spawn('sh', ['-c', script, 'sh', how.program, how.configFile ?? '', marker, ...hosts], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env: { ...how.environment, LC_ALL: 'C' },
    })
    let answered = 0
    let output = ''
    let timer: NodeJS.Timeout | undefined
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const give = (given: Answer): void => {
      if (answered < hosts.length) answer(answered, given)
      answered += 1
    }
    const fail = (error: ConnectionError): void => {
      endGroup(child)
      give(error)
      settle()
    }
    const stop = (): void => {
      while (answered < hosts.length) give(closed())
      endGroup(child)
      settle()
    }
    const patience = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => fail(tooLong(how.timeLimit)), how.timeLimit)
    }
    const status = new RegExp(`${marker} (\\d+)\n`)

    child.once('error', settle)
    child.once('close', settle)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (let end = status.exec(output); end !== null; end = status.exec(output)) {
        give(end[1] === '0' ? output.slice(0, end.index) : undefined)
        output = output.slice(end.index + end[0].length)
        patience()
      }
      if (output.length > outputLimit) fail(tooMuch())
    })
    signal.addEventListener('abort', stop, { once: true })
    patience()
    if (signal.aborted) stop()
  })
