import { findLab } from '../cluster.ts'
import { takeDown } from '../down.ts'
import { claimLab, releaseLab } from '../in-use.ts'
import { cacheFolder, folder, labName } from '../names.ts'
import { bringUp } from '../up.ts'
import { givenCluster } from './with-lab.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const announcement = `
The cluster tests of kntop run as root, and change for as long as they run:
  a lab of three Kubernetes nodes in namespaces of their own, with one link ${labName} on this machine
  files in ${folder}, control groups ${labName}
  what is wrong with that lab: slow disks and links, full tables, dead nodes
No sysctl of this machine is written. A lab that is up is used, and stays; one that is brought up is taken down at the end.
Its parts are built once into ${cacheFolder}.`

const elsewhere = (kubeconfig: string): string => `
The cluster tests of kntop look at the cluster of KUBECONFIG=${kubeconfig}, and change nothing there.
Left out are those that need the lab: its nodes, its faults, what it leaves behind.`

// Vitest tears down what was never set up, too.
let isClaimed = false
let isOurs = false

export const setup = async (): Promise<void> => {
  if (givenCluster !== undefined) return say(elsewhere(givenCluster))
  say(announcement)
  claimLab()
  isClaimed = true
  if (findLab() !== undefined) return say('A lab is up: it is used.')
  isOurs = true
  await bringUp({ nodes: 3, proxy: 'iptables', say })
}

export const teardown = async (): Promise<void> => {
  if (isOurs) await takeDown(say)
  if (isClaimed) releaseLab()
}
