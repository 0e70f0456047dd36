import { createConnection } from 'node:net'
import { clean } from '../../../../text/clean.ts'
import { AgentError } from './agent-error.ts'
import { largestAnswer } from './agent-messages.ts'

const explain = (code: string | undefined, path: string): string => {
  if (code === 'ENOENT') return `there is no socket ${path}`
  if (code === 'ECONNREFUSED') return `nobody listens on ${path}`
  if (code === 'EACCES') return `this user may not use ${path}`
  if (code === 'ENOTSOCK') return `${path} is no socket`
  return `${path}: ${code ?? 'connection lost'}`
}

const silent = (why: string): AgentError => new AgentError('silent', clean(`agent does not answer: ${why}`))

/**
 * Sends one request to the agent at a socket and resolves with its one answer. Rejects with an {@link AgentError} when
 * there is no agent, when it does not answer within `patience` milliseconds, ends early, or answers with too much.
 */
export const requestAgent = (path: string, request: Buffer, patience: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(path)
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      socket.destroy()
      settle()
    }
    const fail = (why: string): void => end(() => reject(silent(why)))
    const timer = setTimeout(() => fail(`nothing within ${patience / 1000} s, is it stopped?`), patience)
    const chunks: Buffer[] = []
    socket.on('error', (error: NodeJS.ErrnoException) => fail(explain(error.code, path)))
    socket.on('close', () => fail('it closed the connection'))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks)
      if (bytes.length < 4) return
      const length = bytes.readUInt32BE(0)
      if (length === 0 || length > largestAnswer) return fail('it answers no agent protocol')
      if (bytes.length >= 4 + length) end(() => resolve(bytes.subarray(4, 4 + length)))
    })
    socket.write(request)
  })
