// A program of its own: writes pods into the cluster of the kubeconfig of its first argument, whose user may do everything.
// `create N` makes them until there are N, and prints how many a second; `change` changes up to 500 of them a second, from then
// on; `stop` ends that, and prints how many a second it were.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { createInterface } from 'node:readline'
import { parse } from 'yaml'
import { namespaceOf, podOf } from './pods.ts'

interface Admin {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ]
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ]
}

const wanted = 500
/** Requests under way at once. */
const width = 64

const { clusters, users } = parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Admin
const [{ cluster }] = clusters
const [{ user }] = users
const bytes = (text: string): Buffer => Buffer.from(text, 'base64')
const agent = new Agent({
  keepAlive: true,
  maxSockets: width,
  ca: bytes(cluster['certificate-authority-data']),
  cert: bytes(user['client-certificate-data']),
  key: bytes(user['client-key-data']),
})

/** Rejects unless the server did it; what is there already is well. */
const write = (method: 'POST' | 'PATCH', path: string, object: object): Promise<void> =>
  new Promise((done, fail) => {
    const type = method === 'POST' ? 'application/json' : 'application/merge-patch+json'
    const asked = request(
      `${cluster.server}${path}`,
      { method, agent, headers: { 'Content-Type': type } },
      (answer) => {
        const { statusCode = 0 } = answer
        let said = ''
        answer.setEncoding('utf8').on('data', (text: string) => {
          if (statusCode >= 300 && said.length < 500) said += text
        })
        answer.on('error', fail).on('end', () => {
          if (statusCode < 300 || statusCode === 409) done()
          else fail(new Error(`${method} ${path}: ${statusCode} ${said}`))
        })
      },
    )
    asked.on('error', fail).end(JSON.stringify(object))
  })

const nameOf = (index: number): string => podOf(index).metadata.name
const pathOf = (index: number): string => `/api/v1/namespaces/${namespaceOf(index)}/pods/${nameOf(index)}`

/** A pod as its owner makes it, and then what its kubelet says of it. */
const createPod = async (index: number): Promise<void> => {
  const { metadata, spec, status } = podOf(index)
  await write('POST', `/api/v1/namespaces/${metadata.namespace}/pods?fieldManager=owner`, { metadata, spec })
  await write('PATCH', `${pathOf(index)}/status?fieldManager=kubelet`, { status })
}

const createNamespace = async (name: string): Promise<void> => {
  await write('POST', '/api/v1/namespaces', { metadata: { name } })
  // The controllers that would make it are ended.
  await write('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } })
}

let there = 0

/** Several at once until there are so many; per second. */
const createUntil = async (count: number): Promise<number> => {
  const [began, before] = [performance.now(), there]
  const work = async (): Promise<void> => {
    while (there < count) await createPod(there++)
  }
  await Promise.all(Array.from({ length: width }, work))
  return ((count - before) * 1000) / (performance.now() - began)
}

/** Begins with changes; what is returned ends them, and gives how many a second it were. */
const startChanges = (): (() => number) => {
  const began = performance.now()
  let [asked, done, turn] = [0, 0, 0]
  const change = async (): Promise<void> => {
    const index = (asked++ * 7919) % there
    await write('PATCH', `${pathOf(index)}?fieldManager=owner`, { metadata: { labels: { turn: String(turn) } } })
    done++
  }
  const timer = setInterval(() => {
    turn++
    for (let one = 0; one < wanted / 50 && asked - done < width; one++) void change()
  }, 20)
  return () => {
    clearInterval(timer)
    return (done * 1000) / (performance.now() - began)
  }
}

let stop = (): number => 0

const obey = async (line: string): Promise<void> => {
  const [word, number] = line.split(' ')
  if (word === 'create') {
    if (there === 0) await Promise.all(Array.from({ length: 40 }, (_, index) => createNamespace(namespaceOf(index))))
    console.log(await createUntil(Number(number)))
  } else if (word === 'change') stop = startChanges()
  else if (word === 'stop') console.log(stop())
}

createInterface({ input: process.stdin })
  .on('line', (line) => void obey(line))
  .on('close', () => process.exit())
