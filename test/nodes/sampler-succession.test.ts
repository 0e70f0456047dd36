import { describe, expect, test } from 'vitest'
import { connectLocal } from '../../source/nodes/connections/local.ts'
import { planOf } from '../../source/nodes/plan.ts'
import { cpuProbe } from '../../source/nodes/probes/cpu.ts'
import { createPulse } from '../../source/nodes/pulse.ts'
import { openSampler, type Sampler } from '../../source/nodes/sampler/session.ts'
import { sampleOver } from '../../source/nodes/sampling.ts'
import { mark } from './processes.ts'

const patience = { timeout: 15_000, interval: 20 }

describe('a sampler whose lease nobody renews', () => {
  test('is followed by another before it ends, and counters go on without a gap', async () => {
    const marked = mark()
    const opened: Sampler[] = []
    const values: number[] = []
    const fresh: boolean[] = []
    const controller = new AbortController()
    const connection = await connectLocal()
    const plan = planOf([cpuProbe])
    const sampling = sampleOver({
      connection,
      open: async (onFrame, after) => {
        const sampler = await openSampler({
          connection,
          takes: plan.takes,
          signal: controller.signal,
          onFrame,
          ...(after === undefined ? {} : { after }),
        })
        // As where the shell's read knows no limit and timeout ends it.
        const short = { ...sampler, hello: { ...sampler.hello, relay: false, lease: 3 } }
        opened.push(short)
        return short
      },
      frames: (sampler) => {
        const held = sampler.held.find((one) => one?.take.file === '/proc/stat')
        return {
          frame: () => {
            values.push(held?.reads.seconds ?? Number.NaN)
            fresh.push(held?.reads.frame === sampler.decoder.count.frames)
          },
          second: () => undefined,
          end: () => undefined,
        }
      },
      groups: () => [1],
      tell: () => undefined,
      phase: 0,
      pulse: createPulse(() => performance.now()),
      time: { now: () => performance.now(), late: () => 0 },
      signal: controller.signal,
    })
    await expect.poll(() => opened.length, patience).toBeGreaterThanOrEqual(3)
    await expect.poll(() => values.length, patience).toBeGreaterThanOrEqual(6)
    controller.abort()
    await sampling
    connection.close()
    await connection.closed
    expect(values.slice(1).every((seconds) => seconds > 0.4 && seconds < 3)).toBe(true)
    expect(fresh.every(Boolean)).toBe(true)
    expect(marked.now()).toEqual([])
    marked.forget()
  })
})
