import { registerHooks } from 'node:module'
import { transformSync } from 'esbuild'

// Node takes types out of files by itself, and leaves JSX in: node --import with-jsx.ts PROGRAM.
registerHooks({
  load(url, context, next) {
    if (!url.endsWith('.tsx')) return next(url, context)
    const { source } = next(url, { ...context, format: 'module-typescript' })
    const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString()
    return {
      format: 'module',
      source: transformSync(text, { loader: 'tsx', jsx: 'automatic' }).code,
      shortCircuit: true,
    }
  },
})
