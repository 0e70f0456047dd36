import { describe, expect, test } from 'vitest'
import { catalogue } from '../../source/metrics/catalogue.ts'
import { arrival } from './cluster.ts'
import { open } from './driver.ts'

/** The metrics tab at 80x24, all rows, scrolled through. */
const labels = (at: ReturnType<typeof open>): readonly string[] => {
  const seen = new Set<string>()
  for (const _ of catalogue) {
    const from = at.body.findIndex((line) => line.startsWith('METRIC'))
    const width = (at.body[from] ?? '').indexOf('VALUE') - 4
    for (const line of at.body.slice(from + 1)) if (line.trim() !== '') seen.add(line.slice(0, width).trim())
    at.press('down')
  }
  return [...seen]
}

describe('the metrics of a node at 80x24', () => {
  test('have names that differ', () => {
    const at = open()
    at.press('enter', 'tab')
    expect(labels(at)).toHaveLength(catalogue.length)
  })

  test('have a course from three readings on, and a low line where nothing changes', () => {
    const at = open({ nodes: 1 })
    at.press('enter', 'tab')
    expect(at.row('conntrack entries')).not.toMatch(/[▁-█]/)
    at.wait(5)
    expect(at.row('conntrack entries')).toMatch(/ ▁+ /)
    expect(at.row('conntrack entries')).not.toMatch(/[▂-█]/)
  })

  test('show of an advice as long as a script no more than has room', () => {
    const at = open({ nodes: 1 })
    const [node] = arrival('worker-1' as never, 0).flatMap((event) => ('node' in event ? [event.node] : []))
    if (node === undefined) throw new Error('no node')
    const advice = 'word '.repeat(300).trim() as never
    at.say({ type: 'origin', subject: { node }, metric: 'rtt.p50', origin: { missing: 'no-data', advice } })
    at.press('enter')
    expect(at.screen.filter((line) => line.includes('word word')).length).toBeLessThanOrEqual(3)
    at.press('down', 'right')
    expect(at.screen.slice(-3).filter((line) => line.includes('word word')).length).toBeLessThanOrEqual(2)
  })
})
