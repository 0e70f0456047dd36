import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refuseUnread } from '../../source/config/refuse-unread.ts'
import type { Settings } from '../../source/config/settings.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-unread-'))
  writeFileSync(join(folder, 'config'), 'Host *\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const given = (sshConfig: string | undefined): Promise<void> =>
  refuseUnread({
    sshConfig,
    provenance: { sshConfig: { from: 'flag', flag: '--ssh-config' } } as unknown as Settings['provenance'],
  })

test('an ssh configuration that can be read is fine, and so is none', async () => {
  for (const file of [undefined, 'none', '/dev/null', join(folder, 'config')]) await given(file)
})

test('one that cannot be read is wrong use, and is named with who named it', async () => {
  const nowhere = join(folder, 'nowhere')
  await expect(given(nowhere)).rejects.toThrow(
    new WrongUse(`--ssh-config: ${JSON.stringify(nowhere)}: there is no such file`),
  )
  await expect(given(folder)).rejects.toThrow(new WrongUse(`--ssh-config: ${JSON.stringify(folder)}: it is a folder`))
})
