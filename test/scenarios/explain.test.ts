import { describe, expect, test } from 'vitest'
import { catalogue, metricOf } from '../../source/metrics/catalogue.ts'
import { open } from './driver.ts'

const tall = { columns: 100, rows: 50 }

describe('x on a figure', () => {
  test('tells its value, origin, age, scope, meaning, what to do, and its levels with their origins', () => {
    const at = open({ terminal: tall })
    at.has('worker-1', { 'conntrack.fill': 97 })
    at.wait(10)
    at.press('right', 'x')
    expect(at.title).toMatch('explain(worker-1 conntrack.fill)')
    const { meaning, action, levels } = metricOf('conntrack.fill')
    const text = at.body.join(' ').replaceAll(/\s+/g, ' ')
    expect(text).toMatch(/Value 97 % critical since 12:01:\d\d UTC/)
    expect(text).toMatch('Taken by proc')
    expect(text).toMatch('Scope host: the host network namespace only')
    expect(text).toMatch('Age 0s')
    expect(text).toMatch(`Means ${meaning}`)
    expect(text).toMatch(`Do ${action}`)
    expect(text).toMatch('critical at or above 90% for 3 s; ends below 85% for 10 s.')
    for (const level of Object.values(levels)) expect(text).toMatch(level.origin)
    expect(text).toMatch('conntrack.fill in --once --output json')
  })

  test('tells of a share what it is a share of', () => {
    const at = open({ terminal: { columns: 200, rows: 50 } })
    at.pressUntil('right', 'segments sent again')
    at.press('x')
    at.sees('5000 segments sent')
  })

  test('says ok only of what is judged, and nothing of troubles that are not there', () => {
    const at = open({ terminal: tall })
    at.press('right', 'x')
    at.sees('conntrack table fill (CT%)', 'Value        12 % ok', 'Do           if it raises a band: Find who')
    at.press('esc', 'right', 'x')
    at.sees('Do           if above 0: The table is full')
    at.press('esc', 'enter', 'tab', 'down', 'x')
    at.sees(/Value +31457 not judged/, 'Do           Read it beside the maximum')
  })

  test('tells how bad it was of what is well again and lingers', () => {
    const at = open({ terminal: tall })
    at.has('worker-1', { 'conntrack.drop': 3410 })
    at.wait(1)
    at.has('worker-1', { 'conntrack.drop': 0 })
    at.wait(2)
    at.press('right', 'right', 'x')
    at.sees(
      /Value +0 per second critical since 12:01:\d\d UTC, ending, was 3.41k\/s/,
      '▲ worker-1 DROP ending, was 3.41k/s since 12:01',
    )
  })

  test('x on the age tells of the link, as :explain does there', () => {
    const at = open({ terminal: tall })
    at.press(...Array.from({ length: 30 }, () => 'right'), 'x')
    expect(at.title).toMatch('explain(worker-1)')
    at.sees('link of worker-1')
  })

  test('tells why it is missing, and what to do about it', () => {
    const at = open({ terminal: tall })
    at.pressUntil('right', ' fdatasync p99 ')
    at.press('x')
    at.sees('Missing      not-asked (runs only when asked for: see opt-ins (w))')
    at.sees('Because      ask for disk-probe with the key w')
  })

  test('says of a stale figure that it is stale', () => {
    const at = open({ terminal: tall })
    at.becomes('worker-1', 'lost')
    at.wait(12)
    at.press('right', 'x')
    at.sees('12 % stale', 'Age          12s: stale, no newer reading came')
  })

  test('uses the levels that were set, not those of the catalogue', () => {
    const level = { raise: 40, clear: 30, hold: 0, linger: 0, origin: 'config.yaml' }
    const at = open({ terminal: tall, store: { thresholds: { 'conntrack.fill': { warning: level } } } })
    at.press('right', 'x')
    at.sees('warning      at or above 40%; ends below 30% for 0 s. config.yaml')
    at.seesNot('critical ')
  })

  test('says "any" of a level that whatever occurs enters', () => {
    const at = open({ terminal: tall })
    at.press('right', 'right', 'x')
    at.sees('DROP/s', 'critical     at any; ends after 15 s without. kernel: a drop here is a lost packet')
    at.seesNot('0.01/s')
  })

  test('goes on while it is read, and back with x, q or esc', () => {
    for (const key of ['x', 'q', 'esc', 'enter']) {
      const at = open({ terminal: tall })
      at.press('right', 'x')
      at.has('worker-1', { 'conntrack.fill': 55 })
      at.wait(1)
      at.sees('Value        55 % ok')
      at.press(key)
      expect(at.title).toMatch('nodes(all)')
    }
  })

  test('asks for a figure where the cursor stands on none', () => {
    const at = open()
    at.press('x')
    at.sees('move to a metric with left and right, then press x')
  })

  test('scrolls at 80x24 until everything was seen', () => {
    const at = open()
    at.press('right', 'x')
    at.sees(/\d+ more lines below: j or space/)
    at.press('space')
    at.seesNot('more lines below')
    at.sees('conntrack.fill in --once')
  })

  test('works from a chart and from the list of metrics of a node', () => {
    const at = open({ terminal: tall })
    at.press('enter', 'down', 'x')
    expect(at.title).toMatch('explain(worker-1 udp.datagrams_out)')
    at.press('esc', 'tab', 'down', 'enter')
    expect(at.title).toMatch('explain(worker-1 conntrack.entries)')
  })

  test.each(catalogue.map(({ id }) => id))('has words for %s', (metric) => {
    const { title, meaning, action } = metricOf(metric)
    for (const text of [title, meaning, action]) expect(text.trim().length).toBeGreaterThan(3)
  })
})
