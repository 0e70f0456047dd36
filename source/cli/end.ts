import { accessSync, constants } from 'node:fs'

/** How Node calls a name that is being looked up by the system. */
const lookup = 'GetAddrInfoReqWrap'

const shell = '/bin/sh'

/** A pipe that we made non-blocking is shared with whoever reads or writes it after us; at its usual end Node sets it back. */
const makeBlocking = (stream: NodeJS.WriteStream): void =>
  (stream as { _handle?: { setBlocking?: (on: boolean) => void } })._handle?.setBlocking?.(true)

const isThere = (): boolean => {
  try {
    accessSync(shell, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Ends the process with an exit code, at once. Node waits for the threads of its pool when it exits, and a thread that asks
 * a name server that is silent comes back after 10 s and more: nothing cancels getaddrinfo. So a shell that ends with the
 * same code takes the place of this process, which ends its threads: what was written is written, and `exit` handlers, which
 * put the terminal back, have run.
 */
export const endProcess = (code: number): never => {
  // Before 22.15 there is no such call, and where it fails, some versions abort.
  if (!process.getActiveResourcesInfo().includes(lookup) || process.execve === undefined || !isThere())
    return process.exit(code)
  process.exitCode = code
  process.emit('exit', code)
  makeBlocking(process.stdout)
  makeBlocking(process.stderr)
  return process.execve(shell, ['sh', '-c', `exit ${code}`], {})
}
