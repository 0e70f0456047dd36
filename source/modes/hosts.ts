import { provenanceText, type Settings } from '../config/settings.ts'
import { quoted } from '../config/values.ts'
import { WrongUse } from '../config/wrong-use.ts'
import { isHostName, type NodeName } from '../events/subject.ts'

type Named = Pick<Settings, 'hosts' | 'hostsFile' | 'sshConfig' | 'provenance'>

/**
 * The hosts that the settings name, patterns expanded, each once; none where they name none. Rejects with {@link WrongUse}
 * for a pattern that matches nothing and a file that cannot be read.
 */
export const hostsOf = async ({ hosts, hostsFile, sshConfig, provenance }: Named): Promise<readonly NodeName[]> => {
  if (hosts.length === 0 && hostsFile === undefined) return []
  const [{ expandHosts, concreteHosts }, { readHostsFile }, { loadConfig }, { thisClient }] = await Promise.all([
    import('../nodes/connections/ssh/host-patterns.ts'),
    import('../nodes/connections/ssh/hosts-file.ts'),
    import('../nodes/connections/ssh/config-files.ts'),
    import('../nodes/connections/ssh/client.ts'),
  ])
  const known = async (): Promise<readonly string[]> => concreteHosts(await loadConfig(sshConfig, thisClient()))
  const named = hosts.length === 0 ? { hosts: [] } : await expandHosts(hosts.join(','), known)
  const listed = hostsFile === undefined ? { hosts: [] } : await readHostsFile(hostsFile)
  if ('problems' in named) throw new WrongUse(`${provenanceText(provenance.hosts)}: ${named.problems.join('; ')}`)
  if ('problems' in listed) throw new WrongUse(`${provenanceText(provenance.hostsFile)}: ${listed.problems.join('; ')}`)
  const all = [...new Set([...named.hosts, ...listed.hosts])]
  const odd = all.find((host) => !isHostName(host))
  if (odd !== undefined)
    throw new WrongUse(`${quoted(odd)} is no name of a host: write it in ASCII, 253 characters at most`)
  return all.filter(isHostName)
}
