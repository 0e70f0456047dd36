// A program of its own, run in the network of the lab's control plane: pods for the API server of the kubeconfig of its first
// argument, whose user may do everything. `create N` makes them until there are N, and prints how many a second; `change`
// changes up to 500 of them a second from then on; `stop` ends that, and prints how many a second it were.
import { createInterface } from 'node:readline'
import { createAdmin } from './admin.ts'
import { namespaceOf, podOf } from './pods.ts'

const etcd = 'http://127.0.0.1:2379'
const wantedPerSecond = 500
/** Requests under way at once. */
const width = 64
/** Pods of one transaction: etcd takes 128 operations and 1.5 MB. */
const batch = 64

const ask = createAdmin(process.argv[2] ?? '', width)

const pathOf = (index: number): string => `/api/v1/namespaces/${namespaceOf(index)}/pods/${podOf(index).metadata.name}`

interface Pod {
  readonly metadata: object
  readonly spec: object
  readonly status: object
}

const createNamespace = async (name: string): Promise<void> => {
  await ask('POST', '/api/v1/namespaces', { metadata: { name } })
  // The controllers that would make it are ended.
  await ask('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } })
}

/** The first pod, by way of the API as its owner and its kubelet write it: what the server makes of it. */
const createFirst = async (): Promise<Pod> => {
  await Promise.all(Array.from({ length: 40 }, (_, index) => createNamespace(namespaceOf(index))))
  const { metadata, spec, status } = podOf(0)
  await ask('POST', `/api/v1/namespaces/${metadata.namespace}/pods?fieldManager=owner`, { metadata, spec })
  await ask('PATCH', `${pathOf(0)}/status?fieldManager=kubelet`, { status })
  return JSON.parse(await ask('GET', pathOf(0))) as Pod
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** The same of another one, as etcd holds it. A write by way of the API takes the server some 4 ms of CPU, and a pod needs two. */
const putOf = (index: number, first: Pod): object => {
  const { metadata, spec, status } = podOf(index)
  const uid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  const pod = {
    ...first,
    // Its version is etcd's own.
    metadata: { ...first.metadata, ...metadata, uid, resourceVersion: undefined },
    spec: { ...first.spec, nodeName: spec.nodeName },
    status: { ...first.status, ...status },
  }
  const key = `/registry/pods/${metadata.namespace}/${metadata.name}`
  return { requestPut: { key: base64(key), value: base64(JSON.stringify(pod)) } }
}

const putAll = async (from: number, to: number, first: Pod): Promise<void> => {
  const success = Array.from({ length: to - from }, (_, index) => putOf(from + index, first))
  const answer = await fetch(`${etcd}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) })
  if (!answer.ok) throw new Error(`etcd: ${answer.status} ${await answer.text()}`)
}

let there = 0
let first: Pod | undefined

/** Makes pods until there are so many; per second. */
const createUntil = async (count: number): Promise<number> => {
  if (first === undefined) {
    first = await createFirst()
    there = 1
  }
  const [began, before, template] = [performance.now(), there, first]
  const work = async (): Promise<void> => {
    while (there < count) {
      const from = there
      there = Math.min(count, from + batch)
      await putAll(from, there, template)
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  return ((count - before) * 1000) / (performance.now() - began)
}

/** Begins with changes by way of the API; what is returned ends them, and gives how many a second it were. */
const startChanges = (): (() => number) => {
  const began = performance.now()
  let [asked, done] = [0, 0]
  const change = async (): Promise<void> => {
    const index = (asked++ * 7919) % there
    await ask('PATCH', `${pathOf(index)}?fieldManager=owner`, { metadata: { labels: { turn: String(asked) } } })
    done++
  }
  const timer = setInterval(() => {
    for (let one = 0; one < wantedPerSecond / 50 && asked - done < width; one++) void change()
  }, 20)
  return () => {
    clearInterval(timer)
    return (done * 1000) / (performance.now() - began)
  }
}

let stop = (): number => 0

const obey = async (line: string): Promise<void> => {
  const [word, number] = line.split(' ')
  if (word === 'create') console.log(await createUntil(Number(number)))
  else if (word === 'change') stop = startChanges()
  else if (word === 'stop') console.log(stop())
}

createInterface({ input: process.stdin })
  .on('line', (line) => void obey(line))
  .on('close', () => process.exit())
