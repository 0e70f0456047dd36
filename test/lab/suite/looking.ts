import { expect, onTestFinished } from 'vitest'
import { inquiryKey, type PodPlace, type Report } from '../../../source/events/inquiry.ts'
import type { Look } from '../../../source/events/looks.ts'
import type { PodId } from '../../../source/events/names.ts'
import type { NodeName } from '../../../source/events/subject.ts'
import { openCommand } from '../../../source/nodes/command-runner.ts'
import { commandLine } from '../../../source/nodes/connections/command-line.ts'
import type { Connect } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { createInquiries } from '../../../source/nodes/inquiries.ts'
import type { Trees } from '../../../source/nodes/namespaces/find-pod.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { isBlind, type LookKind } from '../../../source/nodes/namespaces/look-kind.ts'
import { sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { clean } from '../../../source/text/clean.ts'
import type { Argv } from '../../system/support/finish.ts'
import type { Lab } from '../cluster.ts'
import type { LabNode } from '../node.ts'
import { podsOf } from './oracles.ts'

/** A connection whose programs run below another one on this machine. */
const below =
  (wrap: (argv: Argv) => Argv): Connect =>
  async () => {
    const connection = await connectLocal()
    return {
      ...connection,
      stream: ({ argv, ...rest }, signal) => connection.stream({ ...rest, argv: wrap(argv) }, signal),
    }
  }

export const overSsh = (lab: Lab, node: LabNode): Connect =>
  below((argv) => ['ssh', '-T', '-F', lab.sshConfig, '-o', 'BatchMode=yes', node.name, commandLine(argv)])

const ordinary: Argv = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']

/** As a user of the node who is not root. */
export const asUser = (node: LabNode): Connect => below((argv) => [...node.enter(), ...ordinary, ...argv])

/** The same, where /proc hides processes of other users. */
export const asUserWhereHidden = (node: LabNode, hidepid: number): Connect => {
  const hide = `mount -t proc -o hidepid=${hidepid} proc /proc && exec "$@"`
  return below((argv) => [...node.enter(), 'unshare', '--mount', 'sh', '-c', hide, 'sh', ...ordinary, ...argv])
}

export interface LabPod {
  readonly node: LabNode
  readonly place: PodPlace
  /** By the word of the runtime. */
  readonly pid: string
}

/** What runs a program of this machine in the network of a pod: with a node's own /tmp not all of them are there. */
export const enterPod = ({ node, pid }: LabPod): Argv => {
  const init = node.init()
  if (init === undefined) throw new Error(`${node.name} does not run`)
  return ['nsenter', `--net=/proc/${init}/root/proc/${pid}/ns/net`, '--']
}

interface PodJson {
  readonly metadata: { readonly uid: string }
  readonly spec: { readonly hostNetwork?: boolean }
  readonly status: { readonly containerStatuses: readonly { readonly containerID: string }[] }
}

/** The first pod of a label. */
export const podOf = async (lab: Lab, app: string): Promise<LabPod> => {
  const [{ name, node: where } = expect.fail(`no pod of ${app}`)] = await podsOf(lab, `app=${app}`)
  const text = await lab.kubectl(['get', 'pod', '--namespace=payments', name, '--output=json'])
  const { metadata, spec, status } = JSON.parse(text) as PodJson
  const containers = status.containerStatuses.map(({ containerID }) => clean(containerID.replace('containerd://', '')))
  const node = lab.node(where)
  const tasks = await node.run(['ctr', '--namespace=k8s.io', 'task', 'ls'])
  const [, pid = ''] = new RegExp(`^${containers[0]} +(\\d+) +RUNNING`, 'm').exec(tasks) ?? []
  const place: PodPlace = {
    kind: 'pod',
    id: `payments/${name}` as PodId,
    uid: clean(metadata.uid),
    containers,
    hostNetwork: spec.hostNetwork === true,
  }
  return { node, place, pid }
}

/** Asks about a pod until the test ends; gives back what was said last. */
export const ask = async (pod: LabPod, tab: Look['tab'], connect: Connect): Promise<() => Report | undefined> => {
  const connection = await connect(new AbortController().signal)
  const inquiry = { node: pod.node.name as NodeName, place: pod.place, tab }
  let last: Report | undefined
  const inquiries = createInquiries({
    now: () => performance.now(),
    emit(events) {
      for (const event of events) if (event.type === 'report' && event.key === inquiryKey(inquiry)) last = event.report
    },
  })
  inquiries.over(connection, clean(''))
  inquiries.ask([inquiry])
  onTestFinished(async () => {
    inquiries.ask([])
    connection.close()
    await connection.closed
  })
  return () => last
}

/** What is seen of it first. */
export const lookAt = async <Tab extends Look['tab']>(
  pod: LabPod,
  tab: Tab,
  connect: Connect,
): Promise<Extract<Look, { tab: Tab }>> => {
  const last = await ask(pod, tab, connect)
  await expect.poll(last).toMatchObject({ state: 'live' })
  const report = last()
  return report?.state === 'live'
    ? (report.look as Extract<Look, { tab: Tab }>)
    : expect.fail('it is not live any more')
}

/** One look as root, on the node itself. */
export const lookBy = async <Kind extends Look>(
  kind: LookKind<Kind>,
  { place, node }: Pick<LabPod, 'place' | 'node'>,
): Promise<Kind> => {
  const { script, marker } = lookScript(kind, place)
  const text = await node.run(['sh', '-c', `uid=0 LC_ALL=C; export LC_ALL\n${script.text}`, 'sh', ...script.args])
  const sections = sectionsOf(text, marker)
  const footing = footingOf(sections, place, 0)
  if ('cause' in footing) return expect.fail(footing.cause)
  const look = kind.read({ footing, sections, place, cut: false }, undefined)
  return isBlind(look) ? expect.fail(look.cause) : look
}

/** A look over SSH, to be run as often as a test likes. `before`: what the shell is told first. */
export const runnerOf = async (lab: Lab, pod: LabPod, kind: Pick<LookKind, 'script'>, trees?: Trees, before = '') => {
  const signal = new AbortController().signal
  const connection = await overSsh(lab, pod.node)(signal)
  onTestFinished(async () => {
    connection.close()
    await connection.closed
  })
  const { script: made, marker } = lookScript(kind, pod.place, trees)
  const script = { ...made, text: `${before}\n${made.text}` }
  return { runner: await openCommand({ connection, script, limit: 512 * 1024, signal }), marker }
}
