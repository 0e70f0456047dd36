import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startProcess } from '../../../../source/nodes/connections/openssh/start-process.ts'

test.each([
  [
    '/no/such/program',
    'denied',
    'no ssh on this machine: /no/such/program cannot be found; install the OpenSSH client',
  ],
  ['/etc/passwd', 'lost', 'cannot start /etc/passwd: spawn /etc/passwd EACCES'],
])('%s is not started, and says so', async (program, state, cause) => {
  await expect(startProcess(program, [], {})).rejects.toMatchObject({ reason: { state, cause } })
})

test('where no more files can be opened, it says what to raise, and nothing else fails', () => {
  const module = new URL('../../../../source/nodes/connections/openssh/start-process.ts', import.meta.url)
  const script = `
    import { openSync } from 'node:fs'
    import { startProcess } from '${fileURLToPath(module)}'
    try { for (;;) openSync('/dev/null') } catch {}
    await startProcess('/bin/sh', [], {}).catch(({ reason }) => process.stdout.write(JSON.stringify(reason)))`
  const limited = ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script]
  expect(JSON.parse(execFileSync('sh', limited, { encoding: 'utf8' }))).toEqual({
    state: 'lost',
    cause: 'kntop may open no more files: raise the limit with ulimit -n before starting it',
  })
})
