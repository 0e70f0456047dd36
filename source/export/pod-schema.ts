import type { PodRecord } from '../events/records.ts'
import { schemaName } from './json.ts'
import type { PodAnswer } from './pod.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type Properties = { readonly [key: string]: Json }

const text: Properties = { type: 'string' }
const texts: Properties = { type: 'array', items: text }
const flag: Properties = { type: 'boolean' }
const time: Properties = { type: 'string', format: 'date-time' }

/** All words of a type: one that the type gains, or loses, does not compile here. */
const all = <Word extends string>(allowed: Readonly<Record<Word, true>>): Properties => ({
  type: 'string',
  enum: Object.keys(allowed),
})

const phases = all<PodRecord['phase']>({ Pending: true, Running: true, Succeeded: true, Failed: true, Unknown: true })
const reasons = all<Extract<PodAnswer, { missing: string }>['missing']>({
  denied: true,
  lost: true,
  'no-data': true,
  'not-asked': true,
})

/**
 * The JSON schema (draft 2020-12) of what `kntop pod --output json` and `kntop host --output json` write. What is seen in a tab is
 * described beside it, in docs/headless.md: tabs are added. `additions`: whether other fields that it does not know are right.
 */
export const podSchema = ({ additions = true } = {}): Json => {
  const object = (properties: Properties, optional: readonly string[] = [], isOpen = additions): Properties => ({
    type: 'object',
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    ...(isOpen ? {} : { additionalProperties: false }),
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:kntop:v1:pod',
    title: 'kntop: the network namespace of a pod, or of a node itself',
    ...object({
      schema: { const: schemaName },
      at: time,
      context: { type: ['string', 'null'], description: 'the Kubernetes context' },
      pod: { oneOf: [{ $ref: '#/$defs/pod' }, { type: 'null' }], description: 'null: the node itself is looked at' },
      node: { type: ['string', 'null'], description: 'null: none was chosen for the pod' },
      found: { oneOf: [{ $ref: '#/$defs/found' }, { type: 'null' }], description: 'null: nothing was seen' },
      tabs: {
        type: 'object',
        description: 'by the name of the tab',
        additionalProperties: { oneOf: [{ $ref: '#/$defs/seen' }, { $ref: '#/$defs/missing' }] },
      },
    }),
    $defs: {
      pod: object(
        {
          ...{
            namespace: text,
            name: text,
            uid: text,
            phase: phases,
            ready: flag,
            hostNetwork: flag,
            addresses: texts,
          },
          owner: { ...text, description: 'what controls it' },
          containers: {
            type: 'array',
            items: object({ name: text, id: { ...text, description: 'as the runtime knows it' }, ready: flag }, ['id']),
          },
        },
        ['owner'],
      ),
      found: object(
        {
          way: { ...text, description: 'how the process was found that stands for the namespace' },
          pid: { type: 'integer', minimum: 1 },
          right: { type: 'string', enum: ['root', 'user'] },
          host: { ...flag, description: "it is the node's own namespace" },
          namespace: { type: 'integer', description: 'the inode of the namespace' },
        },
        ['namespace'],
      ),
      seen: object(
        {
          at: time,
          found: { $ref: '#/$defs/found', description: 'only where it was found otherwise than the first tab' },
          lacks: {
            type: 'array',
            items: object({ what: text, advice: text }),
            description: 'what could be shown besides, and what that takes',
          },
          byHand: { ...texts, description: 'what a person would type on the node to see the same' },
        },
        ['found'],
        true,
      ),
      missing: object({ missing: reasons, cause: { ...text, description: 'why, and what to do' } }),
    },
  }
}
