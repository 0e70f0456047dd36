import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runInTerminal } from '../../terminal-e2e/kntop.ts'
import { startKntop, streamed } from '../support/kntop.ts'
import { builtFolder } from '../support/names.ts'
import { makeLab } from './lab.ts'
import { addresses } from './network.ts'

/** Milliseconds. A lookup that nobody answers holds a thread for 20 s here: 5 s, twice, for each of two servers. */
const soon = 5000

const silent = ['a', 'b', 'c', 'd', 'e'] as const

/** A node that is reached by its address, and hosts of which no name server tells anything. */
const silentNames = async () => {
  const lab = await makeLab()
  await lab.node('good')
  lab.resolver(`nameserver ${addresses.blackHole}\nnameserver ${addresses.blackHole}\n`)
  const hosts = Object.fromEntries(silent.map((name) => [name, [`HostName ${name}.lab`]]))
  return { lab, flags: ['--hosts', ['good', ...silent].join(','), '--ssh-config', lab.configure({ hosts })] }
}

describe('while name servers are silent, kntop ends at once, with all that it started', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('a stream by %s, with %i', async (signal, code) => {
    const { lab, flags } = await silentNames()
    const kntop = startKntop(['--stream', ...flags], lab.enter)
    const { program, mark } = kntop
    /** Names that have been in this state, in any line. */
    const seen = (state: string) =>
      new Set(streamed(kntop).flatMap(({ nodes }) => nodes.flatMap((n) => (n.link?.state === state ? [n.name] : []))))
    await expect.poll(() => seen('lost'), { timeout: 30_000 }).toEqual(new Set(silent))
    await expect.poll(() => seen('live'), { timeout: 30_000 }).toEqual(new Set(['good']))
    const pressed = performance.now()
    program.kill(signal)
    await expect.poll(program.status, { timeout: soon }).toBe(code)
    await expect.poll(mark.processes, { timeout: soon }).toEqual([])
    expect(performance.now() - pressed).toBeLessThan(soon)
    expect(program.errors()).toBe('')
    expect(program.output().endsWith('}\n')).toBe(true)
  })

  test('a look, once it has printed what there was', async () => {
    const { lab, flags } = await silentNames()
    const { program, mark } = startKntop(['--once', '--wait', '1', ...flags], lab.enter)
    await expect.poll(program.output, { timeout: 30_000 }).toMatch(/^good /m)
    const printed = performance.now()
    await expect.poll(program.status, { timeout: soon }).toBe(0)
    await expect.poll(mark.processes, { timeout: soon }).toEqual([])
    expect(performance.now() - printed).toBeLessThan(soon)
    expect(program.errors()).toBe('')
  })

  test('the screen, which leaves the terminal as it was', async () => {
    const { lab, flags } = await silentNames()
    const kntop = runInTerminal(
      [join(builtFolder, 'bin/kntop.js'), ...flags],
      { columns: 120, rows: 30 },
      { XDG_STATE_HOME: join(lab.folder, 'xdg-state') },
      lab.enter,
    )
    await kntop.sees(/1 of 6 live|1\/6 live/)
    kntop.pty.write(':q\r')
    await expect.poll(kntop.exitCode, { timeout: soon }).toBe(0)
    await expect.poll(kntop.alive, { timeout: soon }).toEqual([])
    expect(kntop.written().lastIndexOf('\u001b[?1049l')).toBeGreaterThan(kntop.written().lastIndexOf('\u001b[?1049h'))
  })
})
