import type { Lab } from '../cluster.ts'
import { objectsOf } from '../workloads.ts'
import type { Fault } from './fault.ts'

interface Rule {
  readonly resources?: readonly string[]
}

interface Role {
  readonly kind: string
  readonly rules: readonly Rule[]
}

/** The rule for one kind of object, as the lab gave it to kntop's own user. */
const ruleFor = (kind: string): Rule => {
  const role = (objectsOf('access') as readonly Role[]).find((object) => object.kind === 'ClusterRole')
  const rule = role?.rules.find(({ resources }) => resources?.includes(kind))
  if (rule === undefined) throw new Error(`kntop has no permission for ${kind} that could be taken away`)
  return rule
}

const change = async ({ kubectl }: Lab, rules: (now: readonly Rule[]) => readonly Rule[]): Promise<void> => {
  const role = JSON.parse(await kubectl(['get', 'clusterrole', 'kntop', '--output=json'])) as Role
  await kubectl(['replace', '--filename=-'], JSON.stringify({ ...role, rules: rules(role.rules) }))
}

export const noPermission: Fault = {
  name: 'no-permission',
  what: "kntop's own user may no longer read one kind of object",
  usual: () => 'services',
  check: (_, kind) => void ruleFor(kind),
  on: (lab, kind) => change(lab, (now) => now.filter(({ resources }) => resources?.includes(kind) !== true)),
  off: (lab, kind) => change(lab, (now) => [...now, ruleFor(kind)]),
}
