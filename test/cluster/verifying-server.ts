import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Authority, Pair } from './certificates.ts'

/** A server that says in TLS why it refuses a client certificate, as Node's own does not; gives its port. */
export const startVerifyingServer = async (
  folder: string,
  { cert, key }: Pair,
  { certFile }: Authority,
): Promise<number> => {
  const file = join(folder, 'server.pem')
  writeFileSync(file, `${cert}${key}`)
  const words = ['s_server', '-accept', '127.0.0.1:0', '-cert', file, '-CAfile', certFile, '-Verify', '1']
  const server = spawn('openssl', [...words, '-verify_return_error'], { stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(() => void server.kill('SIGKILL'))
  let said = ''
  server.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await expect.poll(() => said).toMatch(/ACCEPT \S+:\d+/)
  return Number(/ACCEPT \S+:(\d+)/.exec(said)?.[1])
}
