// Adds up the results of all suites in one line, and fails on what was not run. A test that names a kernel feature which the
// suite looked for and did not find may be skipped: its name then holds "kernel has no".
import { readFileSync } from 'node:fs'

const tests = process.argv
  .slice(2)
  .flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).testResults)
  .flatMap((file) =>
    file.assertionResults.length === 0
      ? [{ status: file.status, fullName: file.name, failureMessages: [file.message] }]
      : file.assertionResults,
  )
const having = (...states) => tests.filter(({ status }) => states.includes(status))
const skipped = having('skipped', 'pending', 'todo', 'disabled')
const failed = having('failed')
const passed = having('passed')
const excused = ({ fullName, failureMessages = [], meta }) =>
  [fullName, ...failureMessages, JSON.stringify(meta ?? '')].some((text) => String(text).includes('kernel has no'))

// Why stands beside it: who reads this may have the end of the output alone.
const ansi = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
const why = ({ failureMessages = [] }) =>
  failureMessages
    .map((message) => String(message).replaceAll(ansi, '').slice(0, 1500).replaceAll(/^/gm, '    '))
    .join('\n')

for (const test of failed) console.log(`failed: ${test.fullName}\n${why(test)}`)
for (const test of skipped) console.log(`skipped: ${test.fullName}`)
console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`)

const unexcused = skipped.filter((test) => !excused(test))
if (unexcused.length > 0)
  console.log(`${unexcused.length} tests were skipped without naming a kernel feature that is missing`)
process.exitCode = failed.length > 0 || passed.length === 0 || unexcused.length > 0 ? 1 : 0
