import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identityScript, type Machine, machineFrom, mismatch } from '../../../source/nodes/identity/identity.ts'

const printed = (lines: readonly string[]): string => ['noise of a login', 'self', ...lines, 'whole', ''].join('\n')

const worker = printed([
  'boot 0b3c9b7e-5a39-4f39-8c0d-2d7c6a1f1a11',
  'machine 5d7cf1d9a4f14c6c9a2f6f3e1a2b3c4d',
  'host worker-7',
  'six 00000000000000000000000000000001',
  'six fd000000000000000000000000000007',
  '           |-- 10.0.0.7',
  '              /32 host LOCAL',
  '--',
  '           |-- 127.0.0.1',
  '              /32 host LOCAL',
])

const machine: Machine = {
  addresses: ['10.0.0.7', '127.0.0.1', '::1', 'fd00::7'],
  bootId: '0b3c9b7e-5a39-4f39-8c0d-2d7c6a1f1a11',
  machineId: '5d7cf1d9a4f14c6c9a2f6f3e1a2b3c4d',
  hostName: 'worker-7',
}

describe('what a machine says of itself', () => {
  test('is its addresses of both families, its ids and its name', () => {
    expect(machineFrom(worker)).toEqual(machine)
  })

  test('is nothing where the answer is cut off', () => {
    expect(machineFrom(worker.replace('whole', ''))).toBeUndefined()
    expect(machineFrom('')).toBeUndefined()
  })

  test('is never an error, whatever was printed', () => {
    fc.assert(fc.property(fc.string(), (text) => void machineFrom(printed([text]))))
  })

  test.each(['sh', 'bash', 'dash', 'busybox sh'])('is said by this machine too, under %s', (shell) => {
    const [command = '', ...args] = shell.split(' ')
    const { stdout } = spawnSync(command, [...args, '-c', identityScript], { encoding: 'utf8' })
    const here = machineFrom(stdout)
    expect(here?.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
    expect(here?.hostName).toBe(hostname())
    const own = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
    expect(here?.addresses).toEqual(expect.arrayContaining(own.map((address) => address.replace(/%.*/, ''))))
  })
})

describe('a machine is the node', () => {
  const node = { addresses: ['10.0.0.7'], bootId: machine.bootId, machineId: machine.machineId }

  test('by its address, and either id', () => {
    expect(mismatch('worker-7', node, machine)).toBeUndefined()
    // A reboot that the kubelet has not told of yet.
    expect(mismatch('worker-7', { ...node, bootId: 'other' }, machine)).toBeUndefined()
    expect(mismatch('worker-7', { ...node, machineId: '' }, machine)).toBeUndefined()
    expect(mismatch('worker-7', { ...node, addresses: ['10.9.9.9', 'fd00::7'] }, machine)).toBeUndefined()
  })

  test('not by an id alone, which clones share, nor by an address alone, which two clusters may give', () => {
    expect(mismatch('worker-7', { ...node, addresses: ['10.0.0.8'] }, { ...machine, hostName: 'db-3' })).toMatch(
      /^this is db-3, not worker-7: it does not have the InternalIP 10\.0\.0\.8/,
    )
    expect(mismatch('worker-7', { ...node, bootId: 'x', machineId: 'y' }, machine)).toMatch(/^this is another machine/)
  })

  test('never because neither side says anything', () => {
    const silent = { ...machine, bootId: '', machineId: '' }
    expect(mismatch('worker-7', { ...node, bootId: '', machineId: '' }, silent)).toMatch(/neither its boot id nor/)
  })
})
