import { globSync, readFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What each folder of `source/` may import, besides what those it names may import in turn. */
const table: Readonly<Record<string, readonly string[]>> = {
  text: [],
  metrics: ['text'],
  events: ['metrics'],
  store: ['events'],
  record: ['events'],
  nodes: ['events'],
  cluster: ['events'],
  config: ['metrics'],
  findings: ['store'],
  export: ['store'],
  feeds: ['nodes', 'cluster', 'record'],
  charts: ['text'],
  terminal: ['text'],
  interface: ['store', 'charts', 'terminal'],
  screens: ['interface', 'findings'],
  modes: ['screens', 'interface', 'export', 'feeds', 'record', 'cluster', 'nodes', 'config', 'terminal', 'findings'],
  cli: ['modes'],
}

/** How an import is written: `static` holds types too. */
interface Import {
  readonly from: string
  readonly to: string
  readonly kind: 'static' | 'dynamic'
}

const staticImport = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm
const bareImport = /^\s*import\s*['"]([^'"]+)['"]/gm
const dynamicImport = /\bimport\s*\(\s*(?:['"]([^'"]+)['"])?/g

/** The relative imports of a file, as paths from `source/`; an import that is put together at run time is `?`. */
const importsOf = (file: string, text: string): readonly Import[] => {
  const to = (target: string): string => posix.normalize(posix.join(posix.dirname(file), target))
  const found = (pattern: RegExp, kind: Import['kind']): readonly Import[] =>
    Array.from(text.matchAll(pattern), ([, target = '?']) => target)
      .filter((target) => target === '?' || target.startsWith('.'))
      .map((target) => ({ from: file, to: target === '?' ? '?' : to(target), kind }))
  return [...found(staticImport, 'static'), ...found(bareImport, 'static'), ...found(dynamicImport, 'dynamic')]
}

/** `cli.ts` is of the folder `cli`. */
const folderOf = (file: string): string => file.split('/')[0]?.replace(/\.tsx?$/, '') ?? ''

const reach = (folder: string): ReadonlySet<string> =>
  new Set((table[folder] ?? []).flatMap((named) => [named, ...reach(named)]))

/** Every import that the table does not allow, and why. */
const refused = (imports: readonly Import[]): readonly string[] =>
  imports.flatMap(({ from, to, kind }) => {
    const [inside, target] = [folderOf(from), folderOf(to)]
    const says = (why: string): readonly string[] => [`${from} -> ${to}: ${why}`]
    if (to === '?') return says('put together at run time')
    if (!(inside in table)) return says(`${inside} is not in the table`)
    if (to.startsWith('..')) return to === '../package.json' ? [] : says('outside source')
    if (inside === target) return []
    if (!reach(inside).has(target)) return says(`${inside} may not import ${target}`)
    if (inside === 'cli' && target === 'modes' && kind === 'static') return says('a mode is loaded when it is chosen')
    return []
  })

/** The files of one cycle, if there is any. A cycle of types is one too. */
const cycleIn = (imports: readonly Import[]): readonly string[] | undefined => {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const target of next.get(file) ?? []) {
      const cycle = visit(target, [...path, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of next.keys()) {
    const cycle = visit(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

const files = globSync('**/*.{ts,tsx}', { cwd: join(root, 'source') })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.endsWith('.d.ts'))
const textOf = (file: string): string => readFileSync(join(root, 'source', file), 'utf8')
const imports = files.flatMap((file) => importsOf(file, textOf(file)))

describe('who imports whom in source', () => {
  test('every import is one that the table allows', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(imports.length).toBeGreaterThan(files.length)
    expect(refused(imports)).toEqual([])
  })

  test('no files import each other in a circle', () => {
    expect(cycleIn(imports)).toBeUndefined()
  })

  test('every relative import names a file with its ending', () => {
    const known = new Set([...files, '../package.json'])
    expect(imports.filter(({ to }) => !known.has(to)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([])
  })

  test('the table is the one of the documentation', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    const block = /## Who may import whom[^]*?```\n([^]*?)```/.exec(page)?.[1] ?? ''
    const rows = block
      .trimEnd()
      .split('\n')
      .flatMap((line): readonly (readonly [string, string])[] => {
        const [folders = '', names = ''] = line.split(/ {3,}/)
        return folders.split(/ +/).map((folder) => [folder, names])
      })
    const written = Object.fromEntries(rows)
    expect(Object.keys(written).toSorted()).toEqual(Object.keys(table).toSorted())
    for (const [folder, named] of Object.entries(table)) {
      // "all of these" and "by dynamic import" are words, held by the tests above.
      if (folder === 'modes' || folder === 'cli') continue
      expect(`${folder}: ${written[folder]}`).toBe(`${folder}: ${named.join(', ') || 'nothing'}`)
    }
    expect([...reach('modes'), 'modes', 'cli'].toSorted()).toEqual(Object.keys(table).toSorted())
  })
})

describe('how source is laid out', () => {
  test('no file is longer than 300 lines', () => {
    expect(files.filter((file) => textOf(file).trimEnd().split('\n').length > 300)).toEqual([])
  })

  test('most files are shorter than 100 lines', () => {
    const short = files.filter((file) => textOf(file).trimEnd().split('\n').length < 100)
    expect(short.length / files.length).toBeGreaterThan(0.6)
  })

  test('files and folders are named in kebab-case', () => {
    const names = files.flatMap((file) => [...posix.dirname(file).split('/'), basename(file).replace(/\.tsx?$/, '')])
    expect(names.filter((name) => name !== '.' && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([])
  })

  test('nothing is exported by default', () => {
    expect(files.filter((file) => /^\s*export\s+default\b|\bas default\b/m.test(textOf(file)))).toEqual([])
  })
})

describe('these checks themselves', () => {
  const read = (file: string, text: string): readonly string[] => refused(importsOf(file, text))

  test.each([
    ['a value', "import { a } from '../store/store.ts'"],
    ['a type', "import type { A } from '../store/store.ts'"],
    ['a type among values', "import { type A, b } from '../store/store.ts'"],
    ['several lines', "import {\n  a,\n  b,\n} from '../store/store.ts'"],
    ['an export', "export { a } from '../store/store.ts'"],
    ['an export of everything', "export * from '../store/store.ts'"],
    ['an effect', "import '../store/store.ts'"],
    ['a dynamic import', "const a = await import('../store/store.ts')"],
    ['a type by import()', "type A = import('../store/store.ts').A"],
  ])('an import of %s is seen', (_, text) => {
    expect(read('text/width.ts', text)).toEqual(['text/width.ts -> store/store.ts: text may not import store'])
    expect(read('interface/app.tsx', text)).toEqual([])
  })

  test('what is on the same line of the table is refused', () => {
    expect(read('store/store.ts', "import { a } from '../nodes/plan.ts'")).toHaveLength(1)
    expect(read('charts/scale.ts', "import { a } from '../terminal/tty.ts'")).toHaveLength(1)
  })

  test('what is named in turn is allowed, and not the other way round', () => {
    expect(read('screens/node/screen.ts', "import { a } from '../../metrics/catalogue.ts'")).toEqual([])
    expect(read('metrics/catalogue.ts', "import { a } from '../screens/screens.ts'")).toHaveLength(1)
  })

  test('a mode that is imported before it is chosen is refused', () => {
    expect(read('cli.ts', "import { watch } from './modes/watch.ts'")).toHaveLength(1)
    expect(read('cli.ts', "await import('./modes/watch.ts')")).toEqual([])
  })

  test('folders that nobody laid, files outside and paths made at run time are refused', () => {
    expect(read('helpers/a.ts', "import { a } from '../text/width.ts'")).toHaveLength(1)
    expect(read('text/a.ts', "import { a } from '../../test/a.ts'")).toHaveLength(1)
    expect(read('cli.ts', 'await import(name)')).toHaveLength(1)
  })

  test('a circle is found, also one of types through several files', () => {
    const circle = [
      ...importsOf('text/a.ts', "import type { B } from './b.ts'"),
      ...importsOf('text/b.ts', "export { c } from './c.ts'"),
      ...importsOf('text/c.ts', "import { a } from './a.ts'\nimport { d } from './d.ts'"),
    ]
    expect(cycleIn(circle)).toEqual(['text/a.ts', 'text/b.ts', 'text/c.ts', 'text/a.ts'])
    expect(cycleIn(circle.slice(1))).toBeUndefined()
  })
})
