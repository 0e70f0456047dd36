import { existsSync } from 'node:fs'
import { release } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { NodeFlags } from '../../../source/nodes/probe.ts'
import { kernelProbe } from '../../../source/nodes/probes/kernel.ts'
import { everySecond, lastTaken, live, recorded, takenFrom, without } from './recorded.ts'

const osrelease = '/proc/sys/kernel/osrelease'
const btf = '/sys/kernel/btf/vmlinux'
const flagsWith = (...paths: readonly string[]): NodeFlags => ({
  uid: 0,
  engine: 'awk',
  paths: new Set(paths),
  tools: new Set(),
})

describe('facts of the kernel', () => {
  test('are its release and whether it shows its types', () => {
    const readings = everySecond(recorded('4.18'))
    expect(Object.fromEntries(lastTaken(kernelProbe, readings, { flags: flagsWith(btf) }).facts)).toEqual({
      'kernel.release': '4.18.0-553.el8_10.x86_64',
      'kernel.btf': 'yes',
    })
    expect(lastTaken(kernelProbe, readings, { flags: flagsWith() }).facts.get('kernel.btf')).toBe('no')
  })

  test('a release that is not to be drawn becomes one that is', () => {
    const files = { [osrelease]: `6.1\u001b[2J${'x'.repeat(5000)}\n` }
    const told = lastTaken(kernelProbe, everySecond(files)).facts.get('kernel.release') ?? ''
    expect(told).toMatch(/^6\.1\ufffd\[2Jx+…$/)
    expect(told.length).toBeLessThanOrEqual(128)
  })

  test('without the file, or with an empty one, there is no release rather than an empty one', () => {
    for (const files of [without(recorded('6.1'), osrelease), { [osrelease]: '' }, { [osrelease]: '\n' }])
      expect(lastTaken(kernelProbe, everySecond(files)).facts.has('kernel.release')).toBe(false)
  })

  test('are told only when they were read', () => {
    const files = recorded('6.1')
    const [, second] = takenFrom(kernelProbe, [
      { uptime: 1, files },
      { uptime: 2, files, takes: [] },
    ])
    expect(second?.facts.size).toBe(0)
  })
})

describe('this machine', () => {
  test('its release is the one that the system tells', () => {
    const flags = flagsWith(...(existsSync(btf) ? [btf] : []))
    const { facts } = lastTaken(kernelProbe, everySecond(live(kernelProbe)), { flags })
    expect(facts.get('kernel.release')).toBe(release())
    expect(facts.get('kernel.btf')).toBe(existsSync(btf) ? 'yes' : 'no')
  })
})
