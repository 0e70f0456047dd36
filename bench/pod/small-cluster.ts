import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { PodPlace } from '../../source/events/inquiry.ts'

/** An API server of one node, which is this machine, and one pod on it. */
export interface SmallCluster {
  readonly kubeconfig: string
  close(): Promise<void>
}

const nodeName = 'worker-1'

const textOf = (path: string): string => readFileSync(path, 'latin1').trim()

const about = (name: string) => ({ name, resourceVersion: '1', creationTimestamp: '2026-01-31T11:00:00Z' })

const node = (address: string) => ({
  metadata: about(nodeName),
  spec: {},
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    addresses: [{ type: 'InternalIP', address }],
    nodeInfo: { bootID: textOf('/proc/sys/kernel/random/boot_id'), kubeletVersion: 'v1.34.1' },
  },
})

const podObject = ({ uid, containers }: PodPlace) => ({
  metadata: { ...about('front'), namespace: 'web', uid },
  spec: { nodeName },
  status: {
    phase: 'Running',
    podIP: '10.244.1.7',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: containers.map((id) => ({ name: 'app', ready: true, containerID: `containerd://${id}` })),
  },
})

export const startSmallCluster = async (folder: string, place: PodPlace, address: string): Promise<SmallCluster> => {
  const objects: Readonly<Record<string, readonly object[]>> = {
    '/api/v1/nodes': [node(address)],
    '/api/v1/pods': [podObject(place)],
  }
  const serve = (url: URL, response: ServerResponse): void => {
    if (url.pathname.endsWith('selfsubjectaccessreviews'))
      return void response.writeHead(201).end('{"status":{"allowed":true}}')
    if (url.pathname === '/version') return void response.end('{"gitVersion":"v1.34.1"}')
    const items = objects[url.pathname] ?? []
    if (url.searchParams.get('watch') !== 'true')
      return void response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }))
    response.flushHeaders()
    if (url.searchParams.get('sendInitialEvents') !== 'true') return
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    for (const object of items) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`)
    response.write(
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '1', annotations } } })}\n`,
    )
  }
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json')
    serve(new URL(request.url ?? '/', 'http://bench'), response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const kubeconfig = join(folder, 'kubeconfig')
  const named = { name: 'bench' }
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'bench', users: [{ ...named, user: {} }] },
      clusters: [{ ...named, cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
      contexts: [{ ...named, context: { cluster: 'bench', user: 'bench' } }],
    }),
  )
  return {
    kubeconfig,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
