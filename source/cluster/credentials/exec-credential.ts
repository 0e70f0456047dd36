import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { clean } from '../../text/clean.ts'
import { ApiError } from '../api.ts'
import type { Target } from '../kubeconfig/target.ts'
import { named } from '../kubeconfig/wrong-kubeconfig.ts'
import { type ExecCredential, readExecAnswer } from './exec-answer.ts'
import { execInfo } from './exec-info.ts'
import { type PluginEnd, type PluginLimits, runPlugin } from './plugin-process.ts'
import { withoutSecrets } from './without-secrets.ts'

export interface ExecOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly limits: PluginLimits
}

/** A minute, as people may have to answer in a browser; tokens and certificates are a few KB. */
export const pluginLimits: PluginLimits = { time: 60_000, output: 64 * 1024 }

const failed = (target: Target, what: string): ApiError =>
  new ApiError('credentials', clean(`user ${named(target.userName)}: ${what}`, 700))

const said = (stderr: string): string => {
  const text = withoutSecrets(stderr)
  return text === '' ? '' : `, saying: ${text}`
}

const notStarted: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be executed',
}

/** What went wrong with a plugin and what to do, in words; undefined where nothing did. */
const problem = (
  end: Exclude<PluginEnd, { how: 'answered' }>,
  { time, output }: PluginLimits,
  hint: string,
): string => {
  switch (end.how) {
    case 'not-started':
      return `${notStarted[end.code] ?? `cannot be started (${end.code})`}: ${hint || 'install it, or mend exec.command'}`
    case 'failed':
      return `ended ${end.exit}${said(end.stderr)}: log in again, or see what kubectl says`
    case 'too-long':
      return `gave no answer within ${time / 1000} s${said(end.stderr)}: it may be asking for something, so log in first where kubectl runs`
    case 'too-much':
      return `printed more than ${output / 1024} KB: mend exec.command`
    case 'ended-by-us':
      return 'was ended with kntop'
  }
}

/** The certificate authority for a plugin, base64 of PEM. */
const authorityOf = async (target: Target): Promise<string | undefined> => {
  const { 'certificate-authority-data': data, 'certificate-authority': file } = target.cluster
  if (data) return data.replace(/[\r\n]/g, '')
  if (!file) return undefined
  try {
    return (await readFile(file)).toString('base64')
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    throw failed(target, `certificate-authority ${file} cannot be read (${code}): mend the kubeconfig`)
  }
}

/**
 * Runs the plugin of a user entry once. What it prints is read and dropped. Rejects with {@link ApiError} of reason
 * `credentials`.
 */
export const runExecPlugin = async (
  target: Target,
  { environment, limits }: ExecOptions,
  signal: AbortSignal,
): Promise<ExecCredential> => {
  const spec = target.user.exec ?? {}
  const { command = '', args = [], env = [], interactiveMode, apiVersion = '', installHint = '' } = spec
  const plugin = `the plugin ${named(basename(command))}`
  // A plugin that must ask would write over the screen, and wait for keys that are ours.
  if (interactiveMode === 'Always')
    throw failed(
      target,
      `${plugin} wants a terminal (interactiveMode: Always) and is not run: use a context with a token or certificate, or a plugin that does not ask`,
    )
  const authority = spec.provideClusterInfo ? await authorityOf(target) : undefined
  const added = Object.fromEntries(env.map(({ name = '', value = '' }) => [name, value]))
  const info = execInfo(spec, target, authority)
  const end = await runPlugin(command, args, { ...environment, ...added, KUBERNETES_EXEC_INFO: info }, limits, signal)
  if (end.how !== 'answered')
    throw failed(target, `${plugin} ${problem(end, limits, clean(installHint.replace(/\s+/g, ' ').trim(), 240))}`)
  const answer = readExecAnswer(end.stdout, apiVersion)
  if ('wrong' in answer) throw failed(target, `${plugin}: ${answer.wrong}: see what it prints by hand`)
  return answer
}
