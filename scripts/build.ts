import { existsSync, globSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

// Bundles the program: node scripts/build.ts [FOLDER], by default dist. Does nothing where it is newer than everything it
// is made from.
const root = resolve(import.meta.dirname, '..')
const folder = resolve(process.argv[2] ?? join(root, 'dist'))
const entry = join(folder, 'cli.js')

const inputs = [
  ...globSync('source/**/*.{ts,tsx}', { cwd: root }),
  'package.json',
  'package-lock.json',
  'scripts/build.ts',
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
  minifyWhitespace: true,
  legalComments: 'linked',
  logLevel: 'warning',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Some of what is bundled was written for CommonJS and calls require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  plugins: [
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
