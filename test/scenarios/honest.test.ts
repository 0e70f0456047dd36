import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../source/events/subject.ts'
import { clean } from '../../source/text/clean.ts'
import { epoch, link } from './cluster.ts'
import { open } from './driver.ts'

const node = 'worker-1' as NodeName

describe('what is not known', () => {
  test('is a word and never 0', () => {
    const at = open({ nodes: 1 })
    expect(at.cell('worker-1', 'FSYNC99')).toBe('off')
    at.say({
      type: 'origin',
      subject: { node },
      metric: 'conntrack.drop',
      origin: { missing: 'denied', advice: clean('run as root') },
    })
    expect(at.cell('worker-1', 'DROP/s')).toBe('denied')
    at.press('right', 'right')
    at.sees('packets dropped by conntrack denied: run as root')
  })

  test('waits for a first reading without making one up', () => {
    const at = open({ nodes: 0 })
    at.say({
      type: 'link',
      subject: { node },
      at: 100_000,
      link: { transport: 'ssh', state: 'connecting', cause: clean('') },
    })
    expect(at.row('worker-1')).toMatch(/^worker-1( +\?)+ +connecting$/)
  })

  test('is a gap where a reading failed, and a figure of 0 is 0', () => {
    const at = open({ nodes: 1 })
    expect(at.cell('worker-1', 'DROP/s')).toBe('0')
    at.has('worker-1', { 'conntrack.drop': Number.NaN })
    at.wait(1)
    expect(at.cell('worker-1', 'DROP/s')).toBe('?')
  })

  test('says in full why, in as many lines as there are', () => {
    const at = open({ nodes: 1 })
    const advice = `${'this takes some words '.repeat(5)}to say`
    at.say({
      type: 'origin',
      subject: { node },
      metric: 'conntrack.fill',
      origin: { missing: 'no-data', advice: clean(advice) },
    })
    at.press('right')
    expect(`${at.line(22).trim()} ${at.line(23).trim()}`).toBe(`conntrack table fill no-data: ${advice}`)
  })
})

describe('what is old', () => {
  test('is marked and dated, and raises nothing', () => {
    const at = open({ nodes: 2 })
    at.has('worker-1', { 'conntrack.fill': 97 })
    at.wait(10)
    at.becomes('worker-1', 'lost', 'timed out')
    at.wait(43)
    expect(at.row('worker-1')).toMatch(/^worker-1 ▲ +~97 .* lost 43s$/)
    at.seesNot('▲97')
    at.press('right')
    expect(at.cursor).toMatch(/^worker-1/)
    expect(at.line(22)).toMatch('conntrack table fill 97% stale by proc, scope host, 43s old')
  })

  test('is so too on a node whose readings just stop', () => {
    const at = open({ nodes: 1 })
    at.silence(3)
    expect(at.row('worker-1')).toMatch(/^worker-1 +12 .* 3s$/)
    at.silence(40)
    expect(at.row('worker-1')).toMatch(/^worker-1 +~12 .* stale 43s$/)
  })

  test('counts from the newest figure, not from the last news of the link', () => {
    const at = open({ nodes: 1 })
    at.wait(30)
    expect(at.row('worker-1')).toMatch(/ 0s$/)
    at.becomes('worker-1', 'no-data', 'the sampler does not answer')
    at.wait(20)
    at.becomes('worker-1', 'backing-off', 'will try again')
    at.wait(5)
    expect(at.row('worker-1')).toMatch(/ backoff 25s$/)
    at.becomes('worker-1', 'connecting')
    expect(at.row('worker-1')).toMatch(/ stale 25s$/)
    at.becomes('worker-1', 'live')
    at.wait(1)
    expect(at.row('worker-1')).toMatch(/ 0s$/)
  })
})

describe('sorting by age', () => {
  test('puts the node first that was silent longest, and one that never spoke last', () => {
    const at = open({ nodes: 3, terminal: { columns: 210, rows: 24 } })
    at.becomes('worker-2', 'lost')
    at.wait(5)
    at.becomes('worker-3', 'lost')
    at.say(link('worker-4' as NodeName, 100, 'connecting'))
    at.wait(5)
    at.press(...Array.from({ length: 30 }, () => 'right'), 'O')
    expect(at.body[0]).toMatch(/AGE↓$/)
    expect(at.order).toEqual(['worker-2', 'worker-3', 'worker-1', 'worker-4'])
  })
})

describe('kntop itself', () => {
  test('says what it takes, and that it was late', () => {
    const at = open({ nodes: 1 })
    at.say({ type: 'self', cpu: 3, memory: 140e6 })
    at.sees('kntop 3% 140MB')
    at.seesNot('late')
    at.silence(1, 1500)
    at.sees('kntop 1.5s late')
    at.wait(1)
    at.seesNot('late')
  })
})

describe('the time on the screen', () => {
  test.each([
    ['Pacific/Auckland', 1],
    ['America/New_York', 7],
    ['UTC', 12],
  ])('is UTC also where people live in %s', (zone, hour) => {
    const before = process.env['TZ']
    process.env['TZ'] = zone
    try {
      expect(new Date(epoch).getHours()).toBe(hour)
      const at = open()
      at.has('worker-2', { 'conntrack.fill': 97 })
      at.wait(10)
      expect(at.line(3)).toMatch(/UTC +12:01:51/)
      at.sees('▲ worker-2 CT 97% since 12:01')
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
  })
})

describe('outside text', () => {
  test('is drawn without what it could do to a terminal', () => {
    const at = open({ nodes: 1 })
    at.say({ type: 'fact', subject: { node }, fact: 'kernel.release', value: clean('6.1\u001b[2J\u202e') })
    at.press('enter')
    expect(at.title).toMatch('6.1\ufffd[2J\ufffd')
  })
})
