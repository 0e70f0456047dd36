import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { jsonText } from '../../source/export/json.ts'
import { jsonSchema } from '../../source/export/schema.ts'
import { clean } from '../../source/text/clean.ts'
import { api, cluster, lease, nodeRecord, put, source } from '../scenarios/kubernetes.ts'
import { clock, incident, link as linkOf, noon, snapshotOf, worker } from './sample.ts'

const compiled = (additions: boolean) =>
  new Ajv2020.default({ strict: true, validateFormats: false }).compile(jsonSchema({ additions }) as object)
const validate = { open: compiled(true), closed: compiled(false) }

const parsed = (): { nodes: { readings: Record<string, unknown> }[] } => JSON.parse(jsonText(incident()))

describe('the JSON schema', () => {
  it('in docs is the one that the catalogue makes: run npm run docs where it is not', () => {
    const committed = readFileSync(new URL('../../docs/kntop-v1.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(committed)).toEqual(jsonSchema())
  })

  it('describes every field that is written', () => {
    const { closed } = validate
    expect(closed(parsed()) || closed.errors).toBe(true)
    expect(closed(JSON.parse(jsonText(snapshotOf([])))) || closed.errors).toBe(true)
    const link = { transport: 'ssh', state: 'live', cause: clean('c'), route: clean('r'), remark: clean('m') } as const
    const linked = snapshotOf([{ type: 'link', subject: { node: worker }, at: 0, link }])
    expect(closed(JSON.parse(jsonText(linked))) || closed.errors).toBe(true)
    const trouble = { type: clean('DiskPressure'), reason: clean('KubeletHasDiskPressure'), since: noon }
    const record = nodeRecord(worker, {
      ready: 'unknown',
      reason: clean('r'),
      troubles: [trouble],
      unschedulable: true,
    })
    const told = snapshotOf([
      clock(9000),
      linkOf(worker, 'not-asked'),
      cluster(),
      api({ ahead: noon }),
      put('node', record),
      source('leases', 'polling'),
      put('lease', lease(worker, noon)),
      source('nodes', 'stale', { known: 4000 }),
      source('pods'),
    ])
    expect(closed(JSON.parse(jsonText(told))) || closed.errors).toBe(true)
    expect(jsonText(told)).toMatch('DiskPressure')
  })

  it('allows fields of a later version', () => {
    const later = { ...parsed(), more: 1 }
    expect(validate.open(later)).toBe(true)
    expect(validate.closed(later)).toBe(false)
  })

  it.each([
    ['a metric that is not there', undefined],
    ['another unit', { value: 1, unit: 'ms', tier: 'proc', scope: 'host', age: 0, band: 'ok' }],
    ['a value without its origin', { value: 1, unit: '%' }],
    [
      'a figure that is missing and there',
      { value: 1, unit: '%', tier: 'p', scope: 'host', age: 0, band: 'ok', missing: 'lost', advice: '' },
    ],
    ['a reason that is none', { missing: 'unknown', advice: '' }],
    ['a value that is no number', { value: null, unit: '%', tier: 'proc', scope: 'host', age: 0, band: 'ok' }],
  ])('refuses %s', (_, reading) => {
    const output = parsed()
    for (const { readings } of output.nodes) {
      if (reading === undefined) delete readings['conntrack.fill']
      else readings['conntrack.fill'] = reading
    }
    expect(validate.open(output)).toBe(false)
  })
})
