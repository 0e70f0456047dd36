import { defineConfig } from 'vitest/config'

/** Files whose tests mostly wait, for leases, limits and time-outs, in namespaces of their own: they load the machine little. */
const waiting = [
  ...['dns', 'hanging', 'openssh', 'openssh-leftovers', 'openssh-refusals', 'sudo', 'survival'],
  ...['asked-besides', 'bad-input', 'faults', 'faults-agent', 'faults-away', 'host-keys', 'live', 'secrets'].map(
    (name) => `ssh/${name}`,
  ),
  'ssh/faults-bastion',
  'ssh/silent-names',
].map((name) => `test/system/${name}.test.ts`)

export default defineConfig({
  test: {
    // A condition is waited for, on a busy machine too.
    expect: { poll: { timeout: 10_000, interval: 20 } },
    env: { NODE_ENV: 'production' },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    globalSetup: ['test/system/announce.ts'],
    projects: [
      {
        extends: true,
        // One file at a time: they share a kernel, and what they measure is loaded by what runs beside it.
        test: {
          name: 'measuring',
          include: ['test/system/**/*.test.ts'],
          exclude: waiting,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Once nothing is measured any more.
        test: { name: 'waiting', include: waiting, maxWorkers: 3, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
