import { expect, test } from 'vitest'
import { descriptorWarning, openFilesLimit } from '../../source/modes/descriptors.ts'

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft.padEnd(20)} 524288               files     \n`

test('the soft limit of open files is what counts', () => {
  expect(openFilesLimit(limits('1024'))).toBe(1024)
  expect(openFilesLimit(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY)
  expect(openFilesLimit('')).toBeUndefined()
})

test('a fleet that needs more files than may be open is warned of, with what to do', () => {
  expect(descriptorWarning(1000, 'ssh', 256)).toMatch(/1000 hosts take about 1060 open files, and 256 .*ulimit -n 1060/)
  expect(descriptorWarning(1000, 'ssh', 4096)).toBeUndefined()
  expect(descriptorWarning(1000, 'openssh', 4096)).toMatch(/ulimit -n 12060/)
})
