import { findLab, type Lab } from '../test/lab/cluster.ts'
import { takeDown } from '../test/lab/down.ts'
import { claimLab, refuseIfUsed, releaseLab } from '../test/lab/in-use.ts'
import { checkMachine } from '../test/lab/machine.ts'
import { files } from '../test/lab/names.ts'
import { bringUp } from '../test/lab/up.ts'
import { type Program, withProgram } from './cluster/program.ts'
import { rowsOf, watchAsInformer, watchAsKntop } from './cluster/watched.ts'
import { type Measured, rounded } from './measured.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Resident megabytes of a part of the control plane. */
const residentOf = async ({ nodes: [controlPlane] }: Lab, part: string): Promise<number> => {
  const script = 'sed -n "s/^VmRSS: *//p" "/proc/$(cat "/run/parts/$1")/status"'
  return Number.parseInt((await controlPlane?.run(['sh', '-ec', script, 'sh', part])) ?? '', 10) / 1024
}

const serverRows = async (lab: Lab, name: string): Promise<readonly Measured[]> =>
  Promise.all(
    ['kube-apiserver', 'etcd'].map(async (part) => ({
      name: `${name}: resident, ${part}`,
      value: rounded(await residentOf(lab, part)),
      unit: 'MB',
    })),
  )

const measure = async (lab: Lab, writer: Program, count: number): Promise<readonly Measured[]> => {
  const name = `${count} real pods`
  writer.say(`create ${count}`)
  const created = Number(await writer.line())
  const informer = await watchAsInformer(files.kubeconfig)
  const cost = await watchAsKntop(files.kubeconfig, count, () => writer.say('change'))
  writer.say('stop')
  const changed = Number(await writer.line())
  return [
    { name: `${name}: made in etcd`, value: rounded(created), unit: '/s' },
    { name: `${name}: changed by the writer`, value: rounded(changed), unit: '/s' },
    ...rowsOf(name, count, cost, informer),
    ...(await serverRows(lab, name)),
  ]
}

const measureAll = async (): Promise<readonly Measured[]> => {
  const lab = await bringUp({ nodes: 1, proxy: 'iptables', say })
  const [controlPlane] = lab.nodes
  // Their owners and nodes do not exist: those who would remove them for that are ended.
  for (const part of ['kube-controller-manager', 'kube-scheduler']) await controlPlane?.stop(part)
  // etcd of the lab listens in the network of its node alone.
  const enter = ['nsenter', `--target=${controlPlane?.init() ?? ''}`, '--net', '--']
  return withProgram({ name: 'writer.ts', words: [files.admin], enter }, async (writer) => {
    const rows: Measured[] = []
    for (const count of [10_000, 50_000]) rows.push(...(await measure(lab, writer, count)))
    return rows
  })
}

/** Why there can be no lab of our own; undefined where there can. */
const obstacle = async (): Promise<string | undefined> => {
  try {
    refuseIfUsed()
    await checkMachine()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return findLab() === undefined ? undefined : 'a lab is up: take it down first, with: npm run lab -- down'
}

/** What watching many pods takes, from a real API server; see docs/performance.md. As root: it brings a lab up, and takes it down. */
export const benchClusterLab = async (): Promise<readonly Measured[]> => {
  const why = await obstacle()
  if (why !== undefined) {
    say(`cluster-lab is left out, it brings the lab of docs/lab.md up: ${why}`)
    return []
  }
  say('cluster-lab brings the lab of docs/lab.md up, as root, and takes it down at the end')
  claimLab()
  try {
    return await measureAll()
  } finally {
    await takeDown(say).finally(releaseLab)
  }
}
