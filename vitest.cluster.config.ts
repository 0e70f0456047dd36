import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A cluster takes its time, on a busy machine too.
    expect: { poll: { timeout: 60_000, interval: 200 } },
    include: ['test/lab/suite/**/*.test.ts'],
    // One file at a time: they share one cluster.
    fileParallelism: false,
    env: { NODE_ENV: 'production' },
    testTimeout: 480_000,
    hookTimeout: 300_000,
    globalSetup: ['test/lab/suite/announce.ts'],
  },
})
