import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { sourceFrame } from '../../source/cli/frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'kntop-frames-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a frame of a crash', () => {
  it('names the line of the source that a minified bundle was made from', async () => {
    writeFileSync(
      join(folder, 'source.ts'),
      'const fail = () => {\n  throw new Error("broken")\n}\nexport const run = () => fail()\n',
    )
    await build({
      entryPoints: [join(folder, 'source.ts')],
      outfile: join(folder, 'out.mjs'),
      format: 'esm',
      minify: true,
      sourcemap: 'external',
    })
    const { run } = (await import(pathToFileURL(join(folder, 'out.mjs')).href)) as { run: () => void }
    let stack = ''
    try {
      run()
    } catch (error) {
      stack = (error as Error).stack ?? ''
    }
    const frame = stack.split('\n').find((line) => line.includes('out.mjs')) ?? ''
    expect(sourceFrame(frame.trim())).toMatch(/^at source\.ts:2:\d+$/)
  })

  it('stays as it is where there is no map', () => {
    expect(sourceFrame('at run (file:///nowhere/at-all.js:1:2)')).toBe('at run (file:///nowhere/at-all.js:1:2)')
    expect(sourceFrame('at something odd')).toBe('at something odd')
  })
})
