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

/**
 * Makes the user, before the first test: useradd puts a new /etc/passwd in the place of the old one, and with that the kernel
 * takes away what nodes of other files have mounted over theirs.
 */
export const makeUser = async (): Promise<void> =>
  void (await run([
    ...(['useradd', '--system', '--no-create-home', '--home-dir', '/nonexistent'] as const),
    ...['--shell', '/bin/sh', sudoerName],
  ]))

/** Gives the user rights for this test; gives back what runs a program as it. `fragment`: its rights; undefined: none. */
export const makeSudoer = (fragment: string | undefined): readonly string[] => {
  if (fragment !== undefined) {
    if (existsSync(sudoersFile)) throw new Error(`${sudoersFile} is there already`)
    onTestFinished(() => rmSync(sudoersFile, { force: true }))
    writeFileSync(sudoersFile, fragment, { mode: 0o440 })
  }
  return ['setpriv', '--reuid', sudoerName, '--regid', sudoerName, '--clear-groups']
}
