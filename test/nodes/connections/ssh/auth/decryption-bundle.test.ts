import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeKey } from './support/keys.ts'
import { demand } from './support/processes.ts'

const source = join(import.meta.dirname, '../../../../../source/nodes/connections/ssh/auth')

let folder: string

beforeAll(() => {
  demand('ssh-keygen')
  folder = mkdtempSync(join(tmpdir(), 'kntop-bundle-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = `
import { openKeyFiles } from ${JSON.stringify(join(source, 'key-files.ts'))}
import { secretOf } from ${JSON.stringify(join(source, 'secret.ts'))}
const unlocked = await openKeyFiles().unlock(process.argv[2], secretOf('correct horse'))
console.log('main', unlocked.state)
`

test('a key is decrypted in a thread of its own from the bundle as well', async () => {
  writeFileSync(join(folder, 'main.ts'), program)
  // As scripts/build.ts bundles the program.
  await build({
    entryPoints: [join(folder, 'main.ts')],
    outdir: join(folder, 'dist'),
    absWorkingDir: join(import.meta.dirname, '../../../../..'),
    nodePaths: [join(import.meta.dirname, '../../../../../node_modules')],
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node22.19',
    minify: true,
    logLevel: 'error',
    external: ['*.node', 'cpu-features'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__dirname=import.meta.dirname;",
    },
  })
  const path = makeKey(folder, 'locked', { passphrase: 'correct horse' })
  // The entry runs once: a worker that took it for its own module would print a second line, or never end.
  expect(execFileSync(process.execPath, [join(folder, 'dist/main.mjs'), path], { encoding: 'utf8' })).toBe(
    'main usable\n',
  )
})
