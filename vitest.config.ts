import { defineConfig } from 'vitest/config'

export default defineConfig({
  // React as the program has it: the development transform does not exist under NODE_ENV=production.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    // A condition is waited for, on a busy machine too.
    expect: { poll: { timeout: 10_000, interval: 20 } },
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/system/**', 'test/lab/**', 'test/cluster/**', 'node_modules/**'],
    // The screens are drawn with our own colour policy; a runner's environment must not decide it.
    env: { NODE_ENV: 'production' },
    testTimeout: 20_000,
  },
})
