import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A condition is waited for, on a busy machine too.
    expect: { poll: { timeout: 10_000, interval: 20 } },
    include: ['test/system/**/*.test.ts'],
    // One file at a time: they share a kernel, and what they measure is loaded by what runs beside it.
    fileParallelism: false,
    env: { NODE_ENV: 'production' },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    globalSetup: ['test/system/announce.ts'],
  },
})
