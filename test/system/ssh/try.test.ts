import { expect, test } from 'vitest'
import { finish, start } from '../support/command.ts'
import { makeLab } from './lab.ts'
test('x', async () => {
  const lab = await makeLab()
  const node = await lab.node('bad', { settings: ['MaxStartups 1'] })
  const config = lab.configure()
  start([...lab.enter, 'bash', '-c', `exec 3<>/dev/tcp/${node.address}/22; exec sleep 60`])
  await expect.poll(() => node.logins().contacts).toBe(1)
  console.log((await node.processes()).slice(1).map((p) => p.command))
  console.log(await finish([...lab.enter, 'ssh', '-v', '-F', config, 'bad', 'echo in']))
  console.log(node.log())
})
