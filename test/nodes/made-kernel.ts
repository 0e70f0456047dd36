import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'

export const release = '6.16.0-45-generic'

type Files = Readonly<Record<string, string>>

/** A kernel out of files, with a folder `bin` of programs. A path that ends with a slash is a folder. */
export const madeKernel = (files: Files): string => {
  const root = mkdtempSync(join(tmpdir(), 'kntop-kernel-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries({ 'proc/sys/kernel/osrelease': `${release}\n`, ...files })) {
    mkdirSync(path.endsWith('/') ? join(root, path) : dirname(join(root, path)), { recursive: true })
    if (path.endsWith('/')) continue
    writeFileSync(join(root, path), text)
    if (path.startsWith('bin/')) chmodSync(join(root, path), 0o755)
  }
  return root
}

/** A script, or a program for perl, that finds this kernel where the machine's own is. */
export const under = (root: string, text: string): string =>
  text.replaceAll(/(?<![\w\]])\/(?=(?:proc|sys\/module|lib)\/)/g, `${root}/`)

/** Programs as they are, which say in a file `started` that they were. */
export const logged = (...names: readonly string[]): Files =>
  Object.fromEntries(
    names.map((name) => {
      const path = spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim()
      expect(path, `${name} is not installed`).not.toBe('')
      return [`bin/${name}`, `#!/bin/sh\necho "${name} $*" >>"\${0%/bin/*}/started"\nexec ${path} "$@"\n`]
    }),
  )

/** What a script says with no other programs than those of the kernel's folder, and which of them it started. */
export const runUnder = (
  root: string,
  text: string,
): { readonly told: string; readonly started: readonly string[] } => {
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', under(root, text)], {
    encoding: 'utf8',
    env: { PATH: join(root, 'bin'), LC_ALL: 'C' },
  })
  expect(stderr).toBe('')
  writeFileSync(join(root, 'started'), '', { flag: 'a' })
  return { told: stdout, started: readFileSync(join(root, 'started'), 'utf8').split('\n').slice(0, -1) }
}
