import { join } from 'node:path'

/**
 * Everything that the suite makes outside its folder bears this at the start of its name, so that leftovers are known. Named
 * otherwise, a second suite can run beside the first.
 */
export const prefix = process.env['KNTOP_TEST_PREFIX'] ?? 'kntop-test'

/**
 * What the namespaces of a test bear at the start of their names. Files that run beside each other have the same names for
 * their machines: each worker of the runner has its own place for them.
 */
export const namespacePrefix = [prefix, process.env['VITEST_POOL_ID'] ?? '0'].join('-')

/** The one folder of the suite. On a disk, because the disk probe refuses memory; `/tmp` often is memory. */
export const folder = join('/var/tmp', prefix)

/** Written by tests: kernel features that were found missing, a line for each test that was left out for it. */
export const missingFile = join(folder, 'missing-features')

/** Written by tests: what kntop showed beside what its oracle said, a line each. */
export const measuredFile = join(folder, 'measured')

/** The built program, as it is published: `bin` and `dist`. */
export const builtFolder = join(folder, 'program')
