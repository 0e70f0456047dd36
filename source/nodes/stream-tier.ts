import type { OptInStatus } from '../events/link.ts'
import { type Clean, clean } from '../text/clean.ts'
import { briefly } from './briefly.ts'
import type { Channel } from './connections/connection.ts'
import { heardSudo, permitted } from './privilege/permitted.ts'
import type { Refusal, Script, StreamTier } from './probe.ts'
import { shellProgram } from './sampler/shell.ts'
import { shownScript } from './shown-script.ts'
import { carried } from './tier-memory.ts'
import type { TierOptions } from './tier-options.ts'

/** Milliseconds until an opt-in that was refused is tried again, and the longest wait after an unexplained end. */
const reconsider = 30_000

export interface StreamTierOptions extends TierOptions<StreamTier<unknown>> {
  readonly status: (status: OptInStatus) => void
  readonly now: () => number
}

/** Milliseconds for which the command of an opt-in that is off is shown as it was found. */
const freshness = 5000

/** Runs one opt-in while it is asked for. */
export interface StreamTierRun {
  /** To be called every second. */
  poll(at: number, asked: boolean): void
}

const endingOf = (name: string, code: number | null): string =>
  code === null ? `${name} broke off before its end` : `${name} ended with status ${code}`

interface Run {
  readonly source: number
  readonly openedAt: number
  readonly channel: Channel
  readonly script: Script
}

export const runStreamTier = (options: StreamTierOptions): StreamTierRun => {
  const { tier, signal } = options
  const { name } = tier.optIn
  const { left } = options.slot ?? {}
  let state = carried(tier, left)
  let runs: readonly Run[] = []
  let opening = false
  // Numbers of runs are not used again: what an earlier one left unfinished is none of the next one's.
  let sources = left?.more ?? 0
  let retryAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let stopped: Refusal | undefined
  let wasAsked = false
  let told = ''
  let offUntil = Number.NEGATIVE_INFINITY

  const leave = (): void => {
    if (options.slot !== undefined) options.slot.left = { state, more: sources }
  }
  const tell = (status: Omit<OptInStatus, 'name' | 'asked'>): void => {
    const key = JSON.stringify([wasAsked, status])
    if (key === told) return
    told = key
    options.status({ name, asked: wasAsked, ...status })
  }
  const commandOf = (wanted: Script | Refusal): Clean =>
    'missing' in wanted ? clean('') : clean(shownScript(wanted), 1000)

  const closeAll = (): void => {
    for (const { channel } of runs) channel.close()
    runs = []
  }

  const ended = (run: Run, code: number | null, stderr: Clean): void => {
    const current = runs.includes(run)
    runs = runs.filter((other) => other !== run)
    if (!current || signal.aborted) return
    const lived = options.now() - run.openedAt
    const heard = { status: code, text: stderr, gate: options.context().sudo }
    const found = heardSudo(run.script, name, heard) ?? tier.ended?.(code, stderr)
    // A run that reached its lease ended as agreed, unless it has something to say.
    if (found === undefined && lived > (tier.lease - 2) * 1000) return
    failures += 1
    const verdict = found ?? {
      missing: 'no-data' as const,
      advice: clean(`${endingOf(name, code)}${stderr === '' ? '' : `: ${stderr.slice(-160)}`}`),
    }
    if (found !== undefined) closeAll()
    retryAt = options.now() + Math.min(reconsider, 1000 * 2 ** failures)
    stopped = runs.length === 0 ? verdict : stopped
  }

  const open = async (wanted: Script, at: number): Promise<void> => {
    opening = true
    try {
      const channel = await options.connection.stream(shellProgram(wanted.text, wanted.args), signal)
      const source = sources
      sources += 1
      const run: Run = { source, openedAt: at, channel, script: wanted }
      if (!wasAsked) return channel.close()
      runs = [...runs, run]
      channel.onData((chunk) => {
        if (!runs.includes(run)) return
        if (wanted.sudo !== undefined) options.context().sudo.worked(name)
        guarded(() => {
          state = tier.step(state, chunk, source, options.context())
        })
      })
      void channel.exit.then(({ code, stderr }) => ended(run, code, stderr))
    } catch (error) {
      failures += 1
      retryAt = at + reconsider
      stopped = { missing: 'no-data', advice: briefly(error) }
    } finally {
      opening = false
    }
  }

  const off = (at: number, wanted: Script | Refusal, command: Clean): void => {
    if (runs.length > 0) closeAll()
    state = tier.start
    leave()
    stopped = undefined
    failures = 0
    retryAt = at
    options.refuse({
      missing: 'not-asked',
      advice: clean(`start kntop with --with ${name}, or press w and switch it on`),
    })
    // Whoever thinks of asking for it is told beforehand where that would come to nothing.
    const detail = 'missing' in wanted ? wanted.advice : clean(tier.optIn.cost)
    tell({ state: 'off', command, detail })
    offUntil = at + freshness
  }

  const refuse = (refusal: Refusal, command: Clean): void => {
    options.refuse(refusal)
    tell({ state: 'refused', command, detail: refusal.advice })
  }

  /** A fault of ours in reading what came ends this opt-in, and nothing else. */
  const guarded = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      closeAll()
      state = tier.start
      leave()
      retryAt = options.now() + reconsider
      stopped = {
        missing: 'no-data',
        advice: briefly(error, `${name} failed, please report it:`),
      }
    }
  }

  const tick = (at: number, command: Clean): void => {
    const oldest = runs[0]
    const running = oldest !== undefined && at - oldest.openedAt >= 1000
    const step = tier.tick(state, at / 1000, running, options.context())
    state = step.state
    leave()
    if (step.stop !== undefined) {
      closeAll()
      stopped = step.stop
      retryAt = at + 2 * reconsider
      return refuse(step.stop, command)
    }
    if (oldest === undefined) return
    failures = 0
    stopped = undefined
    tell({ state: running ? 'running' : 'starting', command, detail: clean(tier.optIn.cost) })
    options.deliver(step.taken, at)
  }

  return {
    poll(at, asked) {
      if (!asked && at < offUntil) return
      wasAsked = asked
      offUntil = Number.NEGATIVE_INFINITY
      const wanted = permitted(tier.program(options.context()), name, options.context().sudo)
      const command = commandOf(wanted)
      if (!asked) return off(at, wanted, command)
      if ('missing' in wanted) {
        closeAll()
        return refuse(wanted, command)
      }
      const newest = runs.at(-1)
      const due = newest === undefined ? at >= retryAt : at - newest.openedAt >= (tier.lease - tier.overlap) * 1000
      if (due && !opening) void open(wanted, at)
      if (newest === undefined && stopped !== undefined) return refuse(stopped, command)
      if (newest === undefined) return tell({ state: 'starting', command, detail: clean(tier.optIn.cost) })
      return guarded(() => tick(at, command))
    },
  }
}
