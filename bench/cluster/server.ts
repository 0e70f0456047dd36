// A program of its own: an API server that holds as many pods as its first argument says, made when they are asked for, and
// changes 500 of them a second for those who watch once it reads a line. Its second argument: `watch` or `list`, the way in
// which it gives a first state.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { podOf } from './pods.ts'

const count = Number(process.argv[2] ?? 1000)
const givesFirst = process.argv[3] !== 'list'
const changesPerSecond = 500

const managedFields = Array.from({ length: 3 }, (_, manager) => ({
  manager: `manager-${manager}`,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-31T11:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:spec': Object.fromEntries(Array.from({ length: 80 }, (_, field) => [`f:field-${field}`, { '.': {} }])),
  },
}))

/** Some 10 KB, most of it managed fields. */
const podText = (index: number, version: number): string => {
  const { metadata, spec, status } = podOf(index)
  const given = {
    uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    resourceVersion: String(version),
    creationTimestamp: '2026-01-31T11:00:00Z',
    managedFields: '\u0000',
  }
  return JSON.stringify({ metadata: { ...metadata, ...given }, spec, status }).replace('"\\u0000"', managedText)
}

const managedText = JSON.stringify(managedFields)

let version = 1_000_000
const watchers = new Set<ServerResponse>()

/** Writes as fast as it is read. */
const pour = async (response: ServerResponse, texts: Iterable<string>): Promise<void> => {
  for (const text of texts) {
    if (!response.write(text)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          response.off('drain', go)
          response.off('close', go)
          resolve()
        }
        response.on('drain', go)
        response.on('close', go)
      })
    }
    if (response.destroyed) return
  }
}

function* events(): Generator<string> {
  for (let index = 0; index < count; index++) yield `{"type":"ADDED","object":${podText(index, index + 1)}}\n`
}

function* items(): Generator<string> {
  yield `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"${version}"},"items":[`
  for (let index = 0; index < count; index++) yield `${index > 0 ? ',' : ''}${podText(index, index + 1)}`
  yield ']}'
}

const bookmark = (): string =>
  `{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"${version}","annotations":{"k8s.io/initial-events-end":"true"}}}}\n`

/** A sign of life that says nothing of how far it is. */
const mark = '{"type":"BOOKMARK","object":{"metadata":{}}}\n'

const serve = async (url: URL, response: ServerResponse): Promise<void> => {
  if (url.pathname.endsWith('selfsubjectaccessreviews')) {
    response.writeHead(201).end('{"status":{"allowed":true}}')
    return
  }
  if (url.pathname === '/version') return void response.end('{"gitVersion":"v1.34.1"}')
  const isPods = url.pathname === '/api/v1/pods'
  if (url.searchParams.get('watch') !== 'true') {
    if (isPods) await pour(response, items())
    else response.write(`{"metadata":{"resourceVersion":"${version}"},"items":[]}`)
    response.end()
    return
  }
  const wantsFirst = url.searchParams.get('sendInitialEvents') === 'true'
  if (wantsFirst && !givesFirst) return void response.writeHead(422).end('{"message":"not here"}')
  response.flushHeaders()
  const marking = setInterval(() => response.write(mark), 30_000)
  response.on('close', () => clearInterval(marking))
  if (wantsFirst) {
    if (isPods) await pour(response, events())
    response.write(bookmark())
  }
  if (isPods) watchers.add(response)
  response.on('close', () => watchers.delete(response))
}

const change = (): void => {
  for (let turn = 0; turn < changesPerSecond / 50; turn++) {
    version++
    const text = `{"type":"MODIFIED","object":${podText((version * 7919) % count, version)}}\n`
    for (const watcher of watchers) watcher.write(text)
  }
}

const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json')
  void serve(new URL(request.url ?? '/', 'http://bench'), response)
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
createInterface({ input: process.stdin })
  .on('line', () => void setInterval(change, 20))
  .on('close', () => process.exit())
