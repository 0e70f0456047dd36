import { isDnsLabel, isDnsName, type NamespaceName } from '../../events/names.ts'
import type { NodeName } from '../../events/subject.ts'
import { type Clean, clean } from '../../text/clean.ts'
import { type Fields, fieldsOf, textOf, timeOf, type Words } from './fields.ts'

/** An object that cannot be what it says it is: it is left out, and why is told. */
export interface Refused {
  readonly refused: Clean
}

/** What is kept of an object of the API. Pure, apart from the words that are remembered. */
export type Slim<Record> = (object: Fields, words: Words) => Record | Refused

export const isRefused = (slim: object): slim is Refused => 'refused' in slim

const refuse = (what: string, said: string): Refused => ({ refused: clean(`${what} ${JSON.stringify(said)}`, 200) })

interface Identity<Id extends string> {
  readonly id: Id
  readonly version: string
  readonly created: number
}

const identity = <Id extends string>(metadata: Fields, id: Id): Identity<Id> | Refused => {
  const version = textOf(metadata['resourceVersion'])
  // It goes into a query as it is: what it may be is opaque, but not this long, and not this strange.
  if (!/^[\w.:-]{1,128}$/.test(version)) return refuse(`${id} has no usable resourceVersion:`, version)
  return { id, version, created: timeOf(metadata['creationTimestamp']) }
}

/** Who an object without a namespace is. */
export const clusterWide = <Id extends string>(
  object: Fields,
  isName: (text: string) => boolean = isDnsName,
): Identity<Id> | Refused => {
  const metadata = fieldsOf(object['metadata'])
  const name = textOf(metadata['name'])
  return isName(name) ? identity(metadata, name as Id) : refuse('no DNS-1123 name:', name)
}

/** Who an object in a namespace is. */
export const namespaced = <Id extends string>(
  object: Fields,
  words: Words,
): (Identity<Id> & { readonly namespace: NamespaceName; readonly name: Clean }) | Refused => {
  const metadata = fieldsOf(object['metadata'])
  const name = textOf(metadata['name'])
  const namespace = textOf(metadata['namespace'])
  if (!isDnsName(name)) return refuse('no DNS-1123 name:', name)
  if (!isDnsLabel(namespace)) return refuse('no DNS-1123 namespace:', namespace)
  const who = identity(metadata, `${namespace}/${name}` as Id)
  return isRefused(who) ? who : { ...who, namespace: words(namespace) as NamespaceName, name: name as Clean }
}

/** The name of a node that an object refers to; undefined where it is none. */
export const nodeNameOf = (value: unknown, words: Words): NodeName | undefined => {
  const name = textOf(value)
  return isDnsName(name) ? (words(name) as string as NodeName) : undefined
}
