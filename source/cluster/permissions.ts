import type { Lacking } from '../events/sources.ts'
import { clean } from '../text/clean.ts'
import { textOfBody } from './body.ts'
import { exchange } from './exchange.ts'
import { type Permission, permissions, type Verb } from './permissions-table.ts'
import type { Shared } from './shared.ts'
import { fieldsOf } from './slim/fields.ts'

/** One verb on one resource, everywhere or in one namespace. */
export interface Right {
  readonly group: string
  readonly resource: string
  readonly verb: Verb
  readonly namespace?: string | undefined
}

const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const answerLimit = 64 * 1024

/** Whether we have a right, as the API server says; undefined where it does not say: then it is tried. Never rejects. */
export const isAllowed = async (shared: Shared, right: Right, signal: AbortSignal): Promise<boolean | undefined> => {
  const [resource, subresource] = right.resource.split('/')
  const json = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        group: right.group,
        resource,
        verb: right.verb,
        ...(subresource === undefined ? {} : { subresource }),
        ...(right.namespace === undefined ? {} : { namespace: right.namespace }),
      },
    },
  }
  const answer = await exchange(
    shared,
    { method: 'POST', path, json, accept: 'application/json' },
    signal,
    shared.limits,
    async ({ body }) => ({ kind: 'said' as const, text: (await textOfBody(body, answerLimit)) ?? '' }),
  )
  return answer.kind === 'said' ? allowedIn(answer.text) : undefined
}

const allowedIn = (text: string): boolean | undefined => {
  try {
    const { allowed } = fieldsOf(fieldsOf(JSON.parse(text))['status'])
    return typeof allowed === 'boolean' ? allowed : undefined
  } catch {
    return undefined
  }
}

/** The row of the table for a resource; every resource that is read has one. */
export const permissionFor = (group: string, resource: string): Permission => {
  const found = permissions.find((each) => each.group === group && each.resource === resource)
  if (found === undefined) throw new Error(`no permission for ${resource} in the table`)
  return found
}

/** What is missing, as one would write the rule, and what it costs. */
export const lackingOf = (permission: Permission, verbs: readonly Verb[], namespace?: string): Lacking => {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`
  const group = permission.group === '' ? '' : `.${permission.group}`
  return {
    rule: clean(`${verbs.join(', ')} ${permission.resource}${group}${where}`),
    feeds: clean(permission.feeds),
  }
}
