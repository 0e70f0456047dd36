import type { Absence } from '../events/origin.ts'
import { briefly } from './briefly.ts'
import { metered, restarted, unused } from './command-meter.ts'
import { type CommandRunner, openCommand } from './command-runner.ts'
import { heardSudo, permitted } from './privilege/permitted.ts'
import type { CommandTier, Script } from './probe.ts'
import { carried } from './tier-memory.ts'
import type { TierOptions } from './tier-options.ts'

/**
 * Milliseconds from a first run that has only given what later ones are compared with to the next one, however dear it is: a
 * first figure is worth that once.
 */
const second = 5000

/** Milliseconds until a command that cannot run here is considered again. */
const reconsider = 60_000

/** Runs one command tier when it is due. */
export interface CommandTierRun {
  /** To be called every second. `needed`: some metric of the tier is given by no better one. */
  poll(at: number, needed: boolean): void
  /** Runs it as soon as possible, whatever its period; settles when it has answered or failed. */
  runNow(at: number): Promise<void>
  /** Wished seconds between runs, and CPU seconds of one run as measured. */
  cost(): { readonly every: number; readonly cost: number; readonly total: number }
  /** Seconds between runs as they are now. */
  period(): number
  /** Sets the period that the node's budget allows, in seconds. */
  stretchTo(seconds: number): void
}

const sameScript = (one: Script, other: Script): boolean =>
  one.text === other.text &&
  one.args.length === other.args.length &&
  one.args.every((arg, index) => arg === other.args[index])

export const runCommandTier = (options: TierOptions<CommandTier<unknown>>): CommandTierRun => {
  const { tier } = options
  const { left } = options.slot ?? {}
  let state = carried(tier, left)
  let runner: CommandRunner | undefined
  let script: Script | undefined
  let busy: Promise<void> | undefined
  let dueAt = Number.NEGATIVE_INFINITY
  // Monotonic, and so good beyond the end of a session.
  let ranAt = left?.more ?? Number.NaN
  let every = tier.every
  let gives = true
  /** Whether there was anything to compare with. */
  let isCompared = false
  let failures = 0
  let meter = unused

  const drop = (): void => {
    runner?.close()
    runner = undefined
    script = undefined
    meter = restarted(meter)
  }

  const fail = (absence: Absence, after: number, at: number): void => {
    options.refuse(absence)
    dueAt = at + after
  }

  const run = async (at: number): Promise<void> => {
    try {
      const gate = options.context().sudo
      const wanted = permitted(tier.program(options.context()), tier.tier, gate)
      if ('missing' in wanted) {
        drop()
        return fail(wanted, reconsider, at)
      }
      if (script === undefined || !sameScript(script, wanted)) drop()
      script = wanted
      runner ??= await openCommand({
        connection: options.connection,
        script: wanted,
        limit: tier.limit,
        signal: options.signal,
      })
      const { output, cpu, shell } = await runner.run()
      meter = metered(meter, cpu, shell)
      failures = 0
      const refusal = heardSudo(wanted, tier.tier, { ...output, gate })
      if (refusal !== undefined) return fail(refusal, reconsider, at)
      const wasRun = !Number.isNaN(ranAt)
      const step = tier.step(state, { ...output, seconds: (at - ranAt) / 1000 }, options.context())
      state = step.state
      ranAt = at
      if (options.slot !== undefined) options.slot.left = { state, more: ranAt }
      gives = step.taken.metrics.length > 0
      isCompared ||= !gives || step.taken.values.some((value) => !Number.isNaN(value)) || wasRun
      dueAt =
        at +
        (isCompared
          ? (gives ? every : Math.max(every, tier.idle ?? every)) * 1000
          : Math.min(second, tier.every * 1000))
      options.deliver(step.taken, at)
    } catch (error) {
      drop()
      if (options.signal.aborted) return
      failures += 1
      fail(
        { missing: 'no-data', advice: briefly(error, tier.tier) },
        Math.min(reconsider, tier.every * 1000 * 2 ** Math.min(failures, 6)),
        at,
      )
    }
  }

  const begin = (at: number): Promise<void> => {
    busy ??= run(at).finally(() => {
      busy = undefined
    })
    return busy
  }

  return {
    poll(at, needed) {
      if (!needed) {
        if (runner !== undefined && busy === undefined) drop()
        return
      }
      if (busy === undefined && at >= dueAt) void begin(at)
    },
    runNow: (at) => begin(at),
    cost: () => ({
      every: gives ? tier.every : Math.max(tier.every, tier.idle ?? 0),
      cost: meter.cost,
      total: meter.spent,
    }),
    period: () => every,
    stretchTo: (seconds) => {
      every = seconds
      // A command that was just found dear waits out its new period.
      if (gives && isCompared && !Number.isNaN(ranAt) && dueAt > ranAt) dueAt = Math.max(dueAt, ranAt + seconds * 1000)
    },
  }
}
