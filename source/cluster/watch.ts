import { type Clean, clean } from '../text/clean.ts'
import { exchange } from './exchange.ts'
import { type Failure, failureOfStatus } from './failure.ts'
import { createLines } from './json/lines.ts'
import { objectText } from './json/object-text.ts'
import { between } from './limits.ts'
import type { Scope } from './list.ts'
import { pathOf } from './resource.ts'
import type { Shared } from './shared.ts'
import { type Fields, fieldsOf, textOf } from './slim/fields.ts'
import { metadataOf, type Pass } from './view.ts'

/** How a watch is begun. */
export interface Begin {
  /** From where on changes are told; of a first state how old it may be at most. */
  readonly version: string
  /** The state comes first; `patience`: for the next byte of it, ms. */
  readonly first: { readonly patience: number } | undefined
  /** Everything up to this version was told. */
  reached(version: string): void
  /** The watch stands, and its first state, where it was asked for, is whole. */
  begun(): void
}

/** The server ended the watch, as it is asked to after some minutes. */
export interface Ended {
  readonly kind: 'ended'
  /** Whether anything came. */
  readonly spoke: boolean
}

const initialEventsEnd = 'k8s.io/initial-events-end'

const noEnd = clean('the first state that was asked for through a watch did not come to an end')

const queryOf = ({ version, first }: Begin, seconds: number): Readonly<Record<string, string>> => ({
  watch: 'true',
  allowWatchBookmarks: 'true',
  timeoutSeconds: String(seconds),
  resourceVersion: version,
  ...(first === undefined ? {} : { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }),
})

/** Watches a scope until the server ends it or something goes wrong. Never rejects. */
export const watchScope = (
  shared: Shared,
  scope: Scope,
  begin: Begin,
  signal: AbortSignal,
): Promise<Ended | Failure> => {
  const { limits, random } = shared
  const { resource, namespace, view } = scope
  const query = queryOf(begin, Math.round(between(limits.watchSeconds, random)))
  const request = { path: pathOf(resource, namespace), query, accept: 'application/json', kind: 'watch' } as const
  const patience = { answer: limits.answer, inactivity: begin.first?.patience ?? limits.inactivity }
  return exchange(shared, request, signal, patience, async ({ body, guard }): Promise<Ended | Failure> => {
    const lines = createLines(limits.lineBytes)
    const events = createTaking(scope, begin, () => guard.heard(limits.inactivity))
    let spoke = false
    try {
      for await (const chunk of body) {
        for (const line of lines.push(chunk)) {
          const failure = events.take(line, limits.lineBytes)
          if (failure !== undefined) return failure
          spoke = true
          shared.heard()
          if (!shared.pace.isSpent()) continue
          view.flush()
          await shared.pace.turn()
        }
        view.flush()
      }
    } finally {
      view.flush()
    }
    return events.isWhole() ? { kind: 'ended', spoke } : { kind: 'unsuited', cause: noEnd }
  })
}

interface Taking {
  /** Takes one line; a failure ends the watch. */
  take(line: Uint8Array | undefined, limit: number): Failure | undefined
  /** Whether the first state was whole, where it was asked for. */
  isWhole(): boolean
}

const createTaking = ({ view, namespace, resource }: Scope, begin: Begin, settled: () => void): Taking => {
  let pass: Pass | undefined = begin.first === undefined ? undefined : view.pass(namespace)
  if (pass === undefined) begin.begun()

  const reached = (object: unknown): void => {
    const version = textOf(metadataOf(object)['resourceVersion'])
    // Objects of a first state come in any order: only its end tells how far it reaches.
    if (pass === undefined && version !== '') begin.reached(version)
  }

  const bookmark = (object: unknown): void => {
    const isEnd = fieldsOf(metadataOf(object)['annotations'])[initialEventsEnd] === 'true'
    if (pass === undefined || !isEnd) return reached(object)
    pass.end()
    pass = undefined
    reached(object)
    settled()
    // Whoever hears that it is whole has all of it.
    view.flush()
    begin.begun()
  }

  const event = (type: unknown, object: Fields): Failure | undefined => {
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        if (pass === undefined) view.put(object, namespace)
        else pass.put(object)
        reached(object)
        return undefined
      case 'DELETED':
        view.gone(object)
        reached(object)
        return undefined
      case 'BOOKMARK':
        bookmark(object)
        return undefined
      case 'ERROR':
        return failureOfStatus(object)
      default:
        return garbage(`an event of type ${JSON.stringify(type)}`)
    }
  }

  const garbage = (what: string): Failure => ({
    kind: 'garbage',
    cause: clean(`what watches ${resource.name} got ${what}`, 300),
  })

  return {
    take(line, limit) {
      if (line === undefined) {
        if (pass === undefined) view.leaveOut(tooLong(limit), namespace)
        else pass.leaveOut(tooLong(limit))
        return undefined
      }
      let told: Fields
      try {
        told = fieldsOf(JSON.parse(objectText(line)))
      } catch {
        // What was lost with it is unknown: the server tells again all that came after the last whole event.
        return garbage('a line that is no JSON')
      }
      return event(told['type'], fieldsOf(told['object']))
    },
    isWhole: () => pass === undefined,
  }
}

const tooLong = (limit: number): Clean => clean(`an event of more than ${limit >> 20} MB`)
