import { readFile, stat } from 'node:fs/promises'
import { fileProblem } from '../../../text/file-problem.ts'
import { hostNameProblem } from './host-name.ts'
import type { HostList } from './host-patterns.ts'

const largest = 1024 * 1024

/** Reads a list of hosts: one a line, `#` starts a comment, blank lines mean nothing. A problem names its line. */
export const parseHostsFile = (path: string, content: string): HostList => {
  const lines = content
    .split('\n')
    .map((line, index) => ({ name: line.replace(/(?:^|\s)#.*/, '').trim(), where: `${path}:${index + 1}` }))
    .filter(({ name }) => name !== '')
  const problems = lines.flatMap(({ name, where }) => {
    const problem = /\s/.test(name) ? 'one host stands on a line' : hostNameProblem(name)
    return problem === undefined ? [] : [`${where}: ${problem}`]
  })
  if (problems.length > 0) return { problems }
  return lines.length === 0
    ? { problems: [`${path}: no host is named: write one name a line`] }
    : { hosts: [...new Set(lines.map(({ name }) => name))] }
}

/** Reads a `--hosts-file`. */
export const readHostsFile = async (path: string): Promise<HostList> => {
  try {
    if ((await stat(path)).size > largest) return { problems: [`${path}: larger than 1 MB, which is no list of hosts`] }
    return parseHostsFile(path, await readFile(path, 'utf8'))
  } catch (error) {
    return { problems: [`${path}: ${fileProblem(error)}`] }
  }
}
