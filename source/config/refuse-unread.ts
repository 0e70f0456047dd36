import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { fileProblem } from '../text/file-problem.ts'
import { provenanceText, type Settings } from './settings.ts'
import { quoted } from './values.ts'
import { WrongUse } from './wrong-use.ts'

/**
 * Rejects with {@link WrongUse} where the ssh configuration that was named cannot be read: with ssh's own way of saying so,
 * each host would be refused by itself. `none` is no file, as for ssh.
 */
export const refuseUnread = async ({
  sshConfig,
  provenance,
}: Pick<Settings, 'sshConfig' | 'provenance'>): Promise<void> => {
  if (sshConfig === undefined || sshConfig === 'none') return
  const problem = await access(sshConfig, constants.R_OK)
    .then(async () => ((await stat(sshConfig)).isDirectory() ? 'it is a folder' : undefined))
    .catch(fileProblem)
  if (problem === undefined) return
  throw new WrongUse(`${provenanceText(provenance.sshConfig)}: ${quoted(sshConfig)}: ${problem}`)
}
