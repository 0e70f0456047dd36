import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { FlowsLook, Look, TabName } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { type PodReport, podJson } from '../../source/export/pod.ts'
import { podSchema } from '../../source/export/pod-schema.ts'
import { clean } from '../../source/text/clean.ts'
import { cluster, podRecord } from '../scenarios/kubernetes.ts'
import {
  conntrackLook,
  containerId,
  footing,
  overviewLook,
  pathLook,
  resolverLook,
  routesLook,
  rulesLook,
  socket,
  socketsLook,
  stackLook,
  uidOf,
} from '../scenarios/looks.ts'
import { flowGroup, flowsLook, newGroup } from '../store/flow-arbitraries.ts'
import { clock, snapshotOf } from './sample.ts'

const validate = new Ajv2020.default({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(
  podSchema({ additions: false }) as object,
)

const snapshot = snapshotOf([clock(5000), cluster()])
const pod = podRecord('web/front', {
  uid: uidOf(1),
  containers: [
    { name: clean('app'), id: containerId(1), ready: true },
    { name: clean('later'), id: clean(''), ready: false },
  ],
})
const node = 'worker-1' as NodeName
const looks = [overviewLook(), routesLook(), socketsLook([socket('10.0.0.8', 443)]), resolverLook()]

/** One look of each tab that there is: a tab that is added does not compile without. */
const ofEach: { readonly [Tab in TabName]: Extract<Look, { readonly tab: Tab }> } = {
  overview: overviewLook({ conntrack: { entries: 3 } }),
  routes: routesLook(),
  sockets: socketsLook([socket('10.0.0.8', 443)]),
  dns: resolverLook(),
  conntrack: conntrackLook([flowGroup()], [flowGroup()], { lacks: [{ what: clean('a'), advice: clean('b') }] }),
  stack: stackLook({ TcpRetransSegs: [3, 0.5], TcpCurrEstab: 2 }),
  rules: rulesLook(),
  path: pathLook(),
  flows: flowsLook([flowGroup()], [newGroup()]),
}

const report = (more: Partial<PodReport> = {}): PodReport => ({
  ...{ pod, node },
  tabs: looks.map((look) => ({ tab: look.tab, answer: { look, at: 4000 } })),
  ...more,
})

const written = (more: Partial<PodReport> = {}) => JSON.parse(podJson(snapshot, report(more)))

describe('the JSON of a pod', () => {
  it('has the schema that docs hold: run npm run docs where it has not', () => {
    const committed = readFileSync(new URL('../../docs/kntop-v1-pod.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(committed)).toEqual(podSchema())
  })

  it('is described field by field', () => {
    const odd = [
      written(),
      written({ pod: undefined }),
      written({ node: undefined, tabs: [{ tab: 'dns', answer: { missing: 'no-data', cause: 'it has completed' } }] }),
      written({
        tabs: [
          { tab: 'overview', answer: { look: overviewLook(), at: 1000 } },
          { tab: 'routes', answer: { look: routesLook({ footing: footing({ pid: 5 }) }), at: 1000 } },
        ],
      }),
    ]
    for (const one of odd) expect(validate(one) || validate.errors).toBe(true)
    expect(validate({ ...written(), more: 1 })).toBe(false)
  })

  it.each(Object.values(ofEach))('is described, and has all that was seen, in the tab $tab', (look) => {
    const json = written({ tabs: [{ tab: look.tab, answer: { look, at: 4000 } }] })
    expect(validate(json) || validate.errors).toBe(true)
    const { tab: _, footing: __, ...seen } = look
    expect(json.tabs).toEqual({ [look.tab]: { at: '2026-01-31T12:00:04.000Z', ...seen } })
    // The schema holds what every tab has: without it, it is none.
    const { byHand: ___, ...less } = json.tabs[look.tab]
    expect(validate({ ...json, tabs: { [look.tab]: less } })).toBe(false)
  })

  it('is described with all tabs in it at once', () => {
    const tabs = Object.values(ofEach).map((look) => ({ tab: look.tab, answer: { look, at: 4000 } }))
    const json = written({ tabs })
    expect(validate(json) || validate.errors).toBe(true)
    expect(Object.keys(json.tabs)).toEqual(Object.keys(ofEach))
  })

  it('has each tab as it was seen, with its time, and how the namespace was found once', () => {
    const { tabs, found, at } = written()
    const { tab: _, footing: __, ...overview } = overviewLook()
    expect(tabs.overview).toEqual({ at: '2026-01-31T12:00:04.000Z', ...overview })
    expect(found).toEqual({ way: 'its cgroup', pid: 4711, right: 'root', host: false, namespace: 4_026_532_567 })
    expect(at).toBe('2026-01-31T12:00:05.000Z')
  })

  it('says where a tab was seen otherwise than the first', () => {
    const look = routesLook({ footing: footing({ pid: 5 }) })
    const { tabs } = written({ tabs: [...report().tabs.slice(0, 1), { tab: 'routes', answer: { look, at: 9000 } }] })
    expect(tabs.routes.found).toMatchObject({ pid: 5 })
    expect(tabs.overview.found).toBeUndefined()
  })

  it('is of the time of its newest look, which a clock that ticks now and then has not reached', () => {
    const tabs = [{ tab: 'dns', answer: { look: resolverLook(), at: 5400 } }] as const
    expect(written({ tabs }).at).toBe('2026-01-31T12:00:05.400Z')
  })

  it('leaves out numbers that are none', () => {
    const flows: FlowsLook = {
      ...{ tab: 'flows', footing: footing(), lacks: [], byHand: [], entries: 3, maximum: Number.NaN },
      ...{ timeouts: [], expectedCost: 41 },
    }
    const { tabs } = written({ tabs: [{ tab: 'flows', answer: { look: flows, at: 0 } }] })
    expect(tabs.flows).toMatchObject({ entries: 3, expectedCost: 41 })
    expect(tabs.flows).not.toHaveProperty('maximum')
  })
})
