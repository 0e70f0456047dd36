import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const source = new URL('../../source/modes/run-folder.ts', import.meta.url).href

/** Runs a program that has `folder` and `fs`, where temporary files have a place of their own; gives that back. */
const ranWith = (program: string): string => {
  const place = mkdtempSync(join(tmpdir(), 'kntop-run-folder-'))
  onTestFinished(() => rmSync(place, { recursive: true, force: true }))
  mkdirSync(join(place, 'other', 'inside'), { recursive: true })
  const before = `import fs from 'node:fs'; const { runFolder } = await import('${source}'); const folder = runFolder();`
  execFileSync(process.execPath, ['--input-type=module', '-e', before + program], {
    env: { ...process.env, TMPDIR: place },
  })
  return place
}

test('the folder of a run is one, and gone with what is in it when the process exits', () => {
  const place = ranWith(`
    if (runFolder() !== folder) throw new Error('another folder');
    fs.mkdirSync(folder); fs.writeFileSync(folder + '/known_hosts', '')`)
  expect(readdirSync(place)).toEqual(['other'])
})

test('where nobody needed it, there is none to remove', () => {
  expect(readdirSync(ranWith(''))).toEqual(['other'])
})

test('a link in its place leads to nothing that is removed', () => {
  const place = ranWith(`fs.symlinkSync('other', folder)`)
  expect(existsSync(join(place, 'other', 'inside'))).toBe(true)
})

test('the folder of one that was killed is that of no other run, not even with its process id', () => {
  const place = ranWith(`
    const { runFolder: next } = await import('${source}?next');
    fs.writeFileSync(process.env.TMPDIR + '/names', JSON.stringify([folder, next()]))`)
  const names = JSON.parse(readFileSync(join(place, 'names'), 'utf8')) as readonly string[]
  expect(new Set(names).size).toBe(2)
  for (const name of names) expect(name.slice(place.length)).toMatch(/^\/kntop-[0-9a-f]{12}$/)
})
