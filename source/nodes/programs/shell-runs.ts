import { commandLine } from '../connections/command-line.ts'
import { asRoot, rootTrial, shownUnderSudo } from '../privilege/connect-as-root.ts'
import { usualLeases } from '../sampler/bootstrap.ts'
import { shellProgram } from '../sampler/shell.ts'
import type { TypedRun } from './programs.ts'

const program = shellProgram('', [])
const [, , chooser = '', , reader = ''] = program.argv
const where = { CHOOSER: chooser, READER: reader }

/** The words that everything begins with: its script comes on stdin. */
const common = 'sh -c CHOOSER kntop READER'

/** What sshd starts: the login shell with one line. */
const login = ({ argv }: Pick<typeof program, 'argv'>): TypedRun => ({
  command: 'SHELL -c LINE',
  where: { LINE: commandLine(argv) },
})

/** Every program that stands above a script. `isRoot`: all of it runs as root, by sudo. */
export const shellRuns = (isRoot: boolean): readonly TypedRun[] => [
  login(program),
  { command: common, where },
  { command: 'busybox sh -c :' },
  { command: 'busybox sh -c READER kntop', where },
  { command: 'bash -c READER kntop', where },
  ...(isRoot
    ? [login(asRoot(program)), ...shownUnderSudo(common).map((run) => ({ ...run, where: { ...run.where, ...where } }))]
    : []),
]

/** Every program that the question starts, whether sudo lets us be root. */
export const trialRuns: readonly TypedRun[] = [login(rootTrial), ...shownUnderSudo('sh -c :'), { command: 'sh -c :' }]

const awks = ['awk -W interactive', 'awk', 'busybox awk -W interactive', 'busybox awk'] as const

/** Every program that the sampler starts, and what it becomes. */
export const samplerRuns = (awk: string): readonly TypedRun[] => [
  ...awks.map((name) => ({ command: `${name} 'BEGIN{print 41+1}'` })),
  ...awks.map((name) => ({ command: `timeout ${usualLeases.timeout} ${name} PROGRAM`, where: { PROGRAM: awk } })),
  { command: 'head -v -c 65536 FILE...' },
]
