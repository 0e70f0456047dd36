import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { finish, run } from './command.ts'
import { prefix } from './names.ts'

/** A user of this suite alone, without home and login, and the file that gives it rights. */
export const sudoerName = `${prefix}-user`
export const sudoersFile = `/etc/sudoers.d/${prefix}`

/** Removes the user and its rights, the rights first. */
export const removeSudoer = async (): Promise<void> => {
  rmSync(sudoersFile, { force: true })
  const { status } = await finish(['id', '-u', sudoerName])
  if (status === 0) await run(['userdel', sudoerName])
}

/** Makes the user for this test; gives back what runs a program as it. `fragment`: its rights; undefined: none. */
export const makeSudoer = async (fragment: string | undefined): Promise<readonly string[]> => {
  onTestFinished(removeSudoer)
  await run(['useradd', '--system', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh', sudoerName])
  if (fragment !== undefined) {
    if (existsSync(sudoersFile)) throw new Error(`${sudoersFile} is there already`)
    writeFileSync(sudoersFile, fragment, { mode: 0o440 })
  }
  return ['setpriv', '--reuid', sudoerName, '--regid', sudoerName, '--clear-groups']
}
