import { existsSync, globSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { leanKubernetes } from './build/lean-kubernetes.ts'

// Bundles the program: node scripts/build.ts [FOLDER], by default dist. Does nothing where it is newer than everything it
// is made from.
const root = resolve(import.meta.dirname, '..')
const folder = resolve(process.argv[2] ?? join(root, 'dist'))
const entry = join(folder, 'cli.js')

const inputs = [
  ...globSync('source/**/*.{ts,tsx}', { cwd: root }),
  'package.json',
  'package-lock.json',
  ...globSync('scripts/**/*.{ts,js}', { cwd: root }),
].map((path) => statSync(join(root, path)).mtimeMs)

if (existsSync(entry) && statSync(entry).mtimeMs > Math.max(...inputs)) process.exit(0)

rmSync(folder, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: ['source/cli.ts'],
  outdir: folder,
  bundle: true,
  // A chunk for each mode, so that what is not chosen is not read.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  // ssh2 asks for its compiled helpers and does without: nothing of ours is compiled.
  external: ['*.node'],
  minify: true,
  // Crash texts show our own stack: the maps tell where in the sources it was. Nothing else reads them.
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'linked',
  logLevel: 'warning',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Some of what is bundled was written for CommonJS and calls require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);const __dirname=import.meta.dirname;",
  },
  plugins: [
    leanKubernetes,
    {
      name: 'quick-start',
      setup(build) {
        build.onResolve({ filter: /^string-width$/ }, () => ({ path: join(root, 'scripts/build/string-width.js') }))
        build.onResolve({ filter: /^real-string-width$/ }, () => ({
          path: join(root, 'node_modules/string-width/index.js'),
        }))
        // Yoga carries its code as a data URL, and loads all of Node's fetch to read it unless there is none.
        build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
          contents: `const fetch = undefined;${await readFile(path, 'utf8')}`,
        }))
      },
    },
    {
      // Ink asks for it in development only, and it is not installed.
      name: 'no-devtools',
      setup(build) {
        build.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'nothing' }))
        build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default {}' }))
      },
    },
  ],
})
