import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const module = fileURLToPath(new URL('../../source/cli/end.ts', import.meta.url))

/** A process that ends with 7, after `before`; what it said and how it ended. */
const ending = (before: string) => {
  const program = `
    import { endProcess } from ${JSON.stringify(module)}
    process.on('exit', (code) => process.stdout.write('last words ' + code + '\\n'))
    ${before}
    process.stdout.write('said\\n')
    endProcess(7)`
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    // In an environment that a shell must not take a fancy to.
    { encoding: 'utf8', env: { PATH: process.env['PATH'], ENV: '/nowhere/profile', BASH_ENV: '/nowhere/profile' } },
  )
  return { status, signal, stdout, stderr }
}

const ended = { status: 7, signal: null, stdout: 'said\nlast words 7\n', stderr: '' }
const waits = `process.getActiveResourcesInfo = () => ['Timeout', 'GetAddrInfoReqWrap'];`
/** What waits for the threads of the pool, and would wait for a name server that is silent. */
const noUsualEnd = `process.reallyExit = () => { throw new Error('the usual end') };`

describe('the end of the process', () => {
  test('is the usual one where nothing holds it up', () => {
    expect(ending('')).toEqual(ended)
  })

  test('does not wait for a name that is being looked up; its code, what was said and exit handlers stay', () => {
    expect(ending(waits + noUsualEnd)).toEqual(ended)
  })

  test('is the usual one where a process cannot be replaced', () => {
    expect(ending(`${waits} process.execve = undefined;`)).toEqual(ended)
  })
})
