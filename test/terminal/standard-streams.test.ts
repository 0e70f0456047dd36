import { afterEach, expect, test } from 'vitest'
import { captureStandardStreams } from '../../source/terminal/standard-streams.ts'

const wereTerminals = [process.stdout.isTTY, process.stderr.isTTY]
afterEach(() => {
  const [stdout = false, stderr = false] = wereTerminals
  Object.assign(process.stdout, { isTTY: stdout })
  Object.assign(process.stderr, { isTTY: stderr })
})

test('what others write to the terminal is taken until the streams are given back', async () => {
  Object.assign(process.stdout, { isTTY: false })
  Object.assign(process.stderr, { isTTY: true })
  const before = [process.stdout.write, process.stderr.write]
  const taken: string[] = []
  const release = captureStandardStreams((text) => taken.push(text))
  expect(process.stdout.write).toBe(before[0])
  process.stderr.write('a warning\n')
  await new Promise((resolve) => process.stderr.write(Buffer.from('é'), resolve))
  await new Promise((resolve) => process.stderr.write('more', 'utf8', resolve))
  release()
  expect(taken).toEqual(['a warning\n', 'é', 'more'])
  expect([process.stdout.write, process.stderr.write]).toEqual(before)
})
