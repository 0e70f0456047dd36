import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Built, buildProgram } from '../cli/program.ts'
import { type InTerminal, patience, runInTerminal } from './kntop.ts'

let built: Built
beforeAll(() => {
  built = buildProgram()
}, 60_000)
afterAll(() => built.remove())

const start = async (size = { columns: 100, rows: 30 }): Promise<InTerminal> => {
  const kntop = runInTerminal([built.entry, '--local'], size)
  await kntop.sees(/1 of 1 live|1\/1 live/)
  return kntop
}

const isClean = ({ emulator }: InTerminal): Promise<void> =>
  vi.waitFor(() => expect([emulator.isAlternate, emulator.isCursorHidden]).toEqual([false, false]), patience)

const ends = (kntop: InTerminal, code: number): Promise<void> =>
  vi.waitFor(() => expect(kntop.exitCode()).toBe(code), patience)

const nothingIsLeft = (kntop: InTerminal): Promise<void> =>
  vi.waitFor(() => expect(kntop.alive()).toEqual([]), patience)

describe('kntop on a terminal', () => {
  test('shows this machine, live, and opens it', async () => {
    const kntop = await start()
    await kntop.sees(/NODE +CT%/)
    kntop.pty.write('\r')
    await kntop.sees(/node\(\S+\)/)
    kntop.pty.write('\t')
    await kntop.sees(/METRIC +VALUE/)
    kntop.pty.write('q')
    await kntop.sees('nodes(all)[1]')
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at %s with %i, the screen clean and nothing left behind', async (signal, code) => {
    const kntop = await start()
    kntop.pty.kill(signal)
    await ends(kntop, code)
    await isClean(kntop)
    await nothingIsLeft(kntop)
    expect(kntop.emulator.text().join('')).toBe('')
  })

  test('ends at the second ctrl-c, and at :q, with 0', async () => {
    for (const keys of ['\u0003\u0003', ':q\r']) {
      const kntop = await start()
      kntop.pty.write(keys)
      await ends(kntop, 0)
      await isClean(kntop)
      await nothingIsLeft(kntop)
    }
  })

  test('ends, children and all, when its terminal vanishes', async () => {
    const kntop = await start()
    // Closing our side is what a lost connection does.
    ;(kntop.pty as typeof kntop.pty & { destroy(): void }).destroy()
    await nothingIsLeft(kntop)
  })

  test('ends when asked although its terminal takes nothing', async () => {
    const kntop = await start({ columns: 250, rows: 80 })
    kntop.pty.pause()
    // Whole screens, until the buffers on the way are full.
    for (let turn = 0; turn < 60; turn++) {
      kntop.pty.write('\u000c\r')
      kntop.pty.write('\u000cq')
      await new Promise((resolve) => setImmediate(resolve))
    }
    kntop.pty.kill('SIGTERM')
    await nothingIsLeft(kntop)
  })

  test('says on a terminal of 20x5 what it needs, and draws when it grows', async () => {
    const kntop = runInTerminal([built.entry, '--local'], { columns: 20, rows: 5 })
    await kntop.sees('20x5 is too small')
    kntop.resize({ columns: 80, rows: 24 })
    await kntop.sees('nodes(all)[1]')
    await kntop.sees('<nodes>')
  })

  test('is undamaged after its window was drawn to and fro', async () => {
    const kntop = await start()
    for (const columns of [60, 132, 45, 200, 81, 100]) kntop.resize({ columns, rows: 20 + (columns % 7) })
    await kntop.sees(/NODE +CT%/)
    await vi.waitFor(() => {
      const lines = kntop.emulator.text()
      expect(lines).toHaveLength(22)
      expect(lines[4]).toMatch(/^┌─ nodes\(all\)\[1\] ─+┐$/)
      expect(lines[18]).toMatch(/^└─+┘$/)
      expect(lines.slice(5, 18).every((line) => line.startsWith('│') && line.endsWith('│'))).toBe(true)
      expect(lines.slice(4, 19).every((line) => line.length === 100)).toBe(true)
    }, patience)
  })
})
