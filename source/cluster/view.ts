import type { Event } from '../events/event.ts'
import type { RecordKind, RecordOf } from '../events/records.ts'
import type { Clean } from '../text/clean.ts'
import { createLeftOut, isWithin } from './left-out.ts'
import type { Resource } from './resource.ts'
import { type Fields, fieldsOf, textOf, type Words } from './slim/fields.ts'
import { isRefused } from './slim/slim.ts'

/** A full list in the making: what it does not hold when it ends is gone. */
export interface Pass {
  put(object: Fields): void
  /** Counts an object that could not even be begun. */
  leaveOut(cause: Clean): void
  end(): void
}

/** What is known of one kind; it tells only what is new. */
export interface View {
  /** `namespace`: the scope in which it is told of; undefined: everywhere. */
  put(object: Fields, namespace: string | undefined): void
  gone(object: Fields): void
  /** Begins a full list of everything, or of a namespace. */
  pass(namespace: string | undefined): Pass
  /** Forgets what lies in none of these namespaces. */
  keepOnly(namespaces: readonly string[]): void
  /** As {@link Pass.leaveOut}, of what may be an object that was counted already: at least one counts. */
  leaveOut(cause: Clean, namespace: string | undefined): void
  /** Hands on what has gathered. */
  flush(): void
  /** Objects that could not be read, each counted once. */
  readonly leftOut: number
  readonly leftOutCause: Clean
}

/** A namespace, a slash and a name as long as they may be. */
const longestName = 63 + 1 + 253

/** What an object calls itself, if that cannot be; empty where it has no name. */
const calledIn = (object: Fields): string => {
  const metadata = metadataOf(object)
  const [name, namespace] = [textOf(metadata['name']), textOf(metadata['namespace'])]
  const called = name === '' || namespace === '' ? name : `${namespace}/${name}`
  // Through bytes: a part of a long string keeps the whole of it in memory.
  return called.length <= longestName ? called : Buffer.from(called.slice(0, longestName)).toString()
}

export const createView = <Kind extends RecordKind>(
  { kind, slim }: Resource<Kind>,
  words: Words,
  emit: (events: readonly Event[]) => void,
): View => {
  type Known = RecordOf[Kind]
  type Id = Known['id']
  const known = new Map<Id, Known>()
  let gathered: Event[] = []
  const left = createLeftOut()

  const put = (object: Fields, leaveOut: (name: string, cause: Clean) => void): Id | undefined => {
    const record = slim(object, words)
    if (isRefused(record)) {
      leaveOut(calledIn(object), record.refused)
      return undefined
    }
    const id: Id = record.id
    left.forget(id)
    if (known.get(id)?.version === record.version) return id
    known.set(id, record)
    gathered.push({ type: 'record', kind, change: 'put', record } as Event)
    return id
  }

  const forget = (id: Id): void => {
    if (known.delete(id)) gathered.push({ type: 'record', kind, change: 'gone', id } as Event)
  }

  return {
    put: (object, namespace) => void put(object, (name, cause) => left.add(namespace, name, cause)),
    gone(object) {
      const record = slim(object, words)
      left.forget(calledIn(object))
      if (!isRefused(record)) forget(record.id)
    },
    pass(namespace) {
      const seen = new Set<Id>()
      const leftNow = left.pass(namespace)
      return {
        put(object) {
          const id = put(object, leftNow.add)
          if (id !== undefined) seen.add(id)
        },
        leaveOut: (cause) => leftNow.add('', cause),
        end() {
          leftNow.end()
          for (const id of known.keys()) {
            if (!seen.has(id) && (namespace === undefined || isWithin(id, namespace))) forget(id)
          }
        },
      }
    },
    keepOnly(namespaces) {
      left.keepOnly(namespaces)
      for (const id of known.keys()) {
        if (!namespaces.some((namespace) => isWithin(id, namespace))) forget(id)
      }
    },
    leaveOut: (cause, namespace) => left.add(namespace, '', cause),
    flush() {
      if (gathered.length === 0) return
      const events = gathered
      gathered = []
      emit(events)
    },
    get leftOut() {
      return left.count
    },
    get leftOutCause() {
      return left.cause
    },
  }
}

/** The metadata of an object. */
export const metadataOf = (object: unknown): Fields => fieldsOf(fieldsOf(object)['metadata'])
