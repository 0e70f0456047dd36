import type { Settings } from '../../config/settings.ts'
import { quoted } from '../../config/values.ts'
import { WrongUse } from '../../config/wrong-use.ts'
import { namespaceOf } from '../../events/names.ts'
import { isHostName } from '../../events/subject.ts'
import type { PodOptions } from '../../export/pod-options.ts'
import type { Watching } from '../follow.ts'
import { catchInterrupts } from '../interrupts.ts'
import { setup } from '../setup.ts'
import type { Surroundings } from '../surroundings.ts'
import { chooseTabs } from './chosen-tabs.ts'
import { lookIntoPod } from './look.ts'
import { podIdOf, type Subject, serviceIdOf } from './subject.ts'

type Known = Omit<Surroundings, 'door'>

interface Aim {
  readonly watching: Watching
  readonly subject: Subject
  readonly settings: Settings
}

const watch = (settings: Settings, known: Known): Promise<Watching> =>
  setup(settings, { ...known, door: 'headless', onlyAsked: true })

const podAim = async (typed: string | undefined, given: Settings, known: Known): Promise<Aim> => {
  if (known.cluster === undefined)
    throw new WrongUse(
      'pod needs a cluster, and no kubeconfig names one: --kubeconfig FILE; kntop host shows the network of a machine',
    )
  const id = podIdOf(typed, given, known.cluster.target.namespace)
  // Where pods of all namespaces may not be read, those of this one may.
  const settings = { ...given, namespace: namespaceOf(id) }
  return { watching: await watch(settings, known), subject: { kind: 'pod', id }, settings }
}

/** A node of the cluster; without one a host that ssh knows, or this machine. */
const hostAim = async (typed: string | undefined, given: Settings, known: Known): Promise<Aim> => {
  const { cluster, local } = known
  if (typed !== undefined && local === true) throw new WrongUse(`--local and ${quoted(typed)} exclude each other`)
  if (typed !== undefined && !isHostName(typed)) throw new WrongUse(`${quoted(typed)} is no name of a node`)
  if (cluster !== undefined) {
    if (typed === undefined) throw new WrongUse('host needs the name of a node of the cluster; --local is this machine')
    return {
      watching: await watch(given, known),
      subject: { kind: 'host', node: typed, ofCluster: true },
      settings: given,
    }
  }
  const settings = typed === undefined ? given : { ...given, hosts: [typed], hostsFile: undefined }
  const watching = await watch(settings, known)
  const [node, ...others] = watching.nodes === 'told by the cluster' ? [] : watching.nodes
  if (node === undefined || others.length > 0)
    throw new WrongUse(`host looks at one host, and ${others.length + 1} are named: kntop host NAME`)
  return { watching, subject: { kind: 'host', node, ofCluster: false }, settings }
}

/** `kntop pod` and `kntop host`: the network namespace of a pod, or of a node itself, printed once. Gives back the exit code. */
export const pod = async (given: Settings, options: PodOptions, surroundings: Known): Promise<number> => {
  const tabs = chooseTabs(options.tabs, options.output, options.yes)
  if (options.service !== undefined && !tabs.taken.includes('rules'))
    throw new WrongUse('--service says whose rules are meant: it goes with --tab rules')
  const service = options.service === undefined ? undefined : serviceIdOf(options.service)
  const aim = options.mode === 'pod' ? podAim : hostAim
  const { watching, subject, settings } = await aim(options.subject, given, surroundings)
  const interrupts = catchInterrupts()
  try {
    const { output, wait } = options
    return await lookIntoPod(
      watching,
      settings,
      { subject, tabs, output, wait, service },
      process.stdout,
      interrupts.signal,
    )
  } finally {
    interrupts.release()
  }
}
