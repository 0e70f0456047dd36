import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn } from '@lydell/node-pty'
import { createPresenter } from '../source/terminal/presenter.ts'
import { type Measured, median, rounded } from './measured.ts'
import { createTable, patterns, tableSize } from './terminal-frames.ts'
import type { SlowRun } from './terminal-slow.ts'

const turns = 200

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Time and bytes of one picture through the presenter, with a terminal that takes everything at once. */
const presentPictures = async (changes: number) => {
  const table = createTable()
  let taken: { readonly at: number; readonly bytes: number } = { at: 0, bytes: 0 }
  const presenter = createPresenter({
    terminal: {
      size: () => tableSize,
      onResize: () => () => undefined,
      write: (bytes, done) => {
        taken = { at: performance.now(), bytes: bytes.length }
        queueMicrotask(() => done(null, bytes.length))
      },
      writeNow: () => true,
    },
    onGone: (error) => {
      throw error
    },
  })
  const present = async (): Promise<{ readonly ms: number; readonly bytes: number }> => {
    const lines = table.next(changes)
    const start = performance.now()
    presenter.show(lines)
    await presenter.drained()
    return { ms: taken.at - start, bytes: taken.bytes }
  }
  const runs: { readonly ms: number; readonly bytes: number }[] = []
  for (let turn = 0; turn < turns; turn++) runs.push(await present())
  presenter.close()
  const settled = runs.slice(turns / 4)
  return { ms: median(settled.map((run) => run.ms)), bytes: mean(settled.map((run) => run.bytes)) }
}

/** Time and bytes of the same pictures written whole to the null device. */
const writeWhole = (changes: number) => {
  const table = createTable()
  const device = openSync('/dev/null', 'w')
  const runs = Array.from({ length: turns }, () => {
    const text = table.next(changes).join('\n')
    const start = performance.now()
    const bytes = Buffer.from(`\u001b[?2026h\u001b[1;1H\u001b[J${text}\u001b[?2026l`)
    writeSync(device, bytes)
    return { ms: performance.now() - start, bytes: bytes.length }
  })
  closeSync(device)
  return { ms: median(runs.map((run) => run.ms)), bytes: mean(runs.map((run) => run.bytes)) }
}

/** Milliseconds and bytes of one picture of 50 rows by how much of it changed, beside writing the whole picture. */
export const measurePictures = async (): Promise<readonly Measured[]> => {
  const measured: Measured[] = []
  for (const [pattern, changes] of Object.entries(patterns)) {
    const ours = await presentPictures(changes)
    const plain = writeWhole(changes)
    const budget = pattern === '10 % of cells' ? { budget: 2048 } : {}
    const beside = 'the whole picture'
    measured.push(
      {
        name: `bytes to the terminal, ${pattern} changed`,
        value: Math.round(ours.bytes),
        unit: 'B',
        reference: Math.round(plain.bytes),
        beside,
        ...budget,
      },
      {
        name: `time to the terminal, ${pattern} changed`,
        value: rounded(ours.ms),
        unit: 'ms',
        reference: rounded(plain.ms),
        beside,
      },
    )
  }
  return measured
}

const slowProgram = fileURLToPath(new URL('terminal-slow.ts', import.meta.url))

/** Runs the application in a pseudo-terminal that is read at so many bytes a second, or as fast as it writes. */
const runSlow = async (output: 'presenter' | 'plain', bytesPerSecond: number, seconds: number): Promise<SlowRun> => {
  const folder = await mkdtemp(join(tmpdir(), 'kntop-bench-'))
  const file = join(folder, 'run.json')
  try {
    await new Promise<void>((resolve) => {
      const child = spawn(process.execPath, [slowProgram, output, String(seconds), file], {
        cols: tableSize.columns,
        rows: tableSize.rows,
        env: { ...process.env, NODE_ENV: 'production' },
      })
      // What a slow link does: so much at once, then nothing until it is through.
      child.onData((data) => {
        if (bytesPerSecond === Number.POSITIVE_INFINITY) return
        child.pause()
        setTimeout(() => child.resume(), (Buffer.byteLength(data) / bytesPerSecond) * 1000)
      })
      child.onExit(() => resolve())
    })
    return JSON.parse(await readFile(file, 'utf8')) as SlowRun
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * An Ink table that changes altogether five times a second, in a terminal read at 16 kB/s, through the presenter and
 * through plain `process.stdout`: how many ticks of a 50 ms timer came in their own 50 ms, the longest time without one,
 * and the pictures that got out. The same with a fast reader shows what the machine does by itself. Takes three
 * times the seconds given.
 */
export const measureSlowReader = async (seconds = 8): Promise<readonly Measured[]> => {
  const ours = await runSlow('presenter', 16_000, seconds)
  const plain = await runSlow('plain', 16_000, seconds)
  const fast = await runSlow('presenter', Number.POSITIVE_INFINITY, seconds)
  const beside = 'process.stdout'
  return [
    {
      name: 'ticks on time with a reader at 16 kB/s',
      value: rounded(100 * ours.onTime),
      unit: '%',
      atLeast: 95,
      reference: rounded(100 * plain.onTime),
      beside,
    },
    { name: 'ticks on time with a fast reader', value: rounded(100 * fast.onTime), unit: '%' },
    {
      name: 'longest time without a tick',
      value: Math.round(ours.longest),
      unit: 'ms',
      reference: Math.round(plain.longest),
      beside,
    },
    { name: 'pictures that got out', value: ours.presented, unit: 'pictures', reference: plain.presented, beside },
  ]
}

/** Everything this file measures; about half a minute. */
export const benchTerminal = async (): Promise<readonly Measured[]> => [
  ...(await measurePictures()),
  ...(await measureSlowReader()),
]
