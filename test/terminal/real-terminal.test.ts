import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn } from '@lydell/node-pty'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openAgain } from '../../source/terminal/tty.ts'
import { createEmulator } from './emulator.ts'

type Entry = {
  readonly turn?: number
  readonly presented?: number
  readonly replaced?: number
  readonly reason?: string
}

const program = fileURLToPath(new URL('programs/pictures.ts', import.meta.url))
const patience = { timeout: 15_000, interval: 20 }
const at = { columns: 120, rows: 40 }
const running: (() => void)[] = []

afterEach(() => {
  for (const stop of running.splice(0)) stop()
})

/** The program in a pseudo-terminal that an emulator reads, once it draws. */
const start = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kntop-terminal-'))
  const emulator = createEmulator(at)
  const child = spawn(process.execPath, [program, join(folder, 'diary')], { cols: at.columns, rows: at.rows })
  let exitCode: number | undefined
  child.onData((data) => void emulator.write(data))
  child.onExit((exit) => {
    exitCode = exit.exitCode
  })
  /** The newest of each figure in the diary. */
  const last = (): Entry =>
    readFileSync(join(folder, 'diary'), { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .reduce<Entry>((newest, line) => ({ ...newest, ...(JSON.parse(line) as Entry) }), {})
  const isAlive = (): boolean => {
    try {
      return process.kill(child.pid, 0)
    } catch {
      return false
    }
  }
  running.push(() => {
    child.resume()
    if (exitCode === undefined && isAlive()) process.kill(child.pid, 'SIGKILL')
    emulator.dispose()
    rmSync(folder, { recursive: true, force: true })
  })
  await vi.waitUntil(() => emulator.isAlternate && emulator.text()[0] !== '', patience)
  return { child, emulator, last, isAlive, exitCode: () => exitCode }
}

describe('a program in a real terminal', () => {
  test('goes on while nobody reads, leaves pictures out, and then shows the last one', async () => {
    const { child, emulator, last } = await start()
    child.pause()
    // Many more than the buffers on the way hold.
    await vi.waitUntil(() => (last().replaced ?? 0) > 30, patience)
    const { presented = 0, turn = 0 } = last()
    expect(presented).toBeLessThan(turn)
    child.kill('SIGUSR2')
    child.resume()
    const expected = ['the last picture', ...Array.from({ length: 39 }, () => '')]
    await vi.waitFor(() => expect(emulator.text()).toEqual(expected), patience)
  })

  test('ends when asked although its terminal takes nothing', async () => {
    const { child, last, exitCode } = await start()
    child.pause()
    await vi.waitUntil(() => (last().replaced ?? 0) > 30, patience)
    child.kill('SIGTERM')
    await vi.waitFor(() => expect(exitCode()).toBe(0), patience)
    expect(last().reason).toBe('asked')
  })

  test('leaves the terminal as it was', async () => {
    const { child, emulator, exitCode } = await start()
    child.kill('SIGTERM')
    await vi.waitFor(() => expect(exitCode()).toBe(0), patience)
    await vi.waitFor(() => expect([emulator.isAlternate, emulator.isCursorHidden]).toEqual([false, false]), patience)
  })

  test('draws again in full when the window changes', async () => {
    const { child, emulator } = await start()
    child.kill('SIGUSR2')
    await vi.waitUntil(() => emulator.text()[0] === 'the last picture', patience)
    emulator.resize({ columns: 90, rows: 30 })
    await emulator.write('\u001b[5;1Hdamage')
    child.resize(90, 30)
    const expected = ['the last picture', ...Array.from({ length: 29 }, () => '')]
    await vi.waitFor(() => expect(emulator.text()).toEqual(expected), patience)
  })

  test('ends when its terminal is gone', async () => {
    const { child, last, isAlive } = await start()
    // Closing our side is what a lost connection does: SIGHUP, and EIO for whoever writes.
    ;(child as IPty & { destroy(): void }).destroy()
    await vi.waitUntil(() => !isAlive(), patience)
    expect(last().reason).toMatch(/gone|hung up/)
  })
})

describe('opening a terminal once more', () => {
  test('refuses what is no terminal or not open', () => {
    expect(openAgain(2 ** 30)).toBeUndefined()
  })
})
