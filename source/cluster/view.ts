import type { Event } from '../events/event.ts'
import type { RecordKind, RecordOf } from '../events/records.ts'
import { type Clean, clean } from '../text/clean.ts'
import type { Resource } from './resource.ts'
import { type Fields, fieldsOf, type Words } from './slim/fields.ts'
import { isRefused } from './slim/slim.ts'

/** A full list in the making: what it does not hold when it ends is gone. */
export interface Pass {
  put(object: Fields): void
  end(): void
}

/** What is known of one kind; it tells only what is new. */
export interface View {
  put(object: Fields): void
  gone(object: Fields): void
  /** Begins a full list of everything, or of a namespace. */
  pass(namespace: string | undefined): Pass
  /** Forgets what lies in none of these namespaces. */
  keepOnly(namespaces: readonly string[]): void
  /** Counts something that could not be read. */
  leaveOut(cause: Clean): void
  /** Hands on what has gathered. */
  flush(): void
  readonly size: number
  readonly leftOut: number
  readonly leftOutCause: Clean
}

const isWithin = (id: string, namespace: string): boolean => id.startsWith(`${namespace}/`)

export const createView = <Kind extends RecordKind>(
  { kind, slim }: Resource<Kind>,
  words: Words,
  emit: (events: readonly Event[]) => void,
): View => {
  type Known = RecordOf[Kind]
  type Id = Known['id']
  const known = new Map<Id, Known>()
  let gathered: Event[] = []
  let leftOut = 0
  let leftOutCause = clean('')

  const leaveOut = (cause: Clean): void => {
    if (leftOut === 0) leftOutCause = cause
    leftOut++
  }

  const put = (object: Fields): Id | undefined => {
    const record = slim(object, words)
    if (isRefused(record)) {
      leaveOut(record.refused)
      return undefined
    }
    const id: Id = record.id
    if (known.get(id)?.version === record.version) return id
    known.set(id, record)
    gathered.push({ type: 'record', kind, change: 'put', record } as Event)
    return id
  }

  const forget = (id: Id): void => {
    if (known.delete(id)) gathered.push({ type: 'record', kind, change: 'gone', id } as Event)
  }

  return {
    put: (object) => void put(object),
    gone(object) {
      const record = slim(object, words)
      if (!isRefused(record)) forget(record.id)
    },
    pass(namespace) {
      const seen = new Set<Id>()
      return {
        put(object) {
          const id = put(object)
          if (id !== undefined) seen.add(id)
        },
        end() {
          for (const id of known.keys()) {
            if (!seen.has(id) && (namespace === undefined || isWithin(id, namespace))) forget(id)
          }
        },
      }
    },
    keepOnly(namespaces) {
      for (const id of known.keys()) {
        if (!namespaces.some((namespace) => isWithin(id, namespace))) forget(id)
      }
    },
    leaveOut,
    flush() {
      if (gathered.length === 0) return
      const events = gathered
      gathered = []
      emit(events)
    },
    get size() {
      return known.size
    },
    get leftOut() {
      return leftOut
    },
    get leftOutCause() {
      return leftOutCause
    },
  }
}

/** The metadata of an object. */
export const metadataOf = (object: unknown): Fields => fieldsOf(fieldsOf(object)['metadata'])
