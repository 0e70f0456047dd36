import type { Clean } from '../text/clean.ts'

/** The name of a namespace: a DNS-1123 label. */
export type NamespaceName = Clean & { readonly __namespace: true }
/** `namespace/name` of a pod, both validated. */
export type PodId = Clean & { readonly __pod: true }
/** `namespace/name` of a service, both validated. */
export type ServiceId = Clean & { readonly __service: true }
/** `namespace/name` of an endpoint slice, both validated. */
export type SliceId = Clean & { readonly __slice: true }

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

/** Whether a text is a DNS-1123 label: at most 63 small letters, digits and inner hyphens. */
export const isDnsLabel = (text: string): boolean => label.test(text)

/** Whether a text is a DNS-1123 subdomain as the API demands it of names: labels between dots, 253 characters at most. */
export const isDnsName = (text: string): boolean => text.length <= 253 && subdomain.test(text)

/** The part of an id before the slash. */
export const namespaceOf = (id: PodId | ServiceId | SliceId): NamespaceName =>
  id.slice(0, id.indexOf('/')) as NamespaceName

/** The part of an id after the slash. */
export const nameOf = (id: PodId | ServiceId | SliceId): Clean => id.slice(id.indexOf('/') + 1) as Clean
