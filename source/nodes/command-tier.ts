import type { Absence } from '../events/origin.ts'
import { briefly } from './briefly.ts'
import { metered, restarted, unused } from './command-meter.ts'
import { type CommandRunner, openCommand } from './command-runner.ts'
import { heardSudo, permitted } from './privilege/permitted.ts'
import type { CommandTier, Script } from './probe.ts'
import type { Taken } from './taken.ts'
import { carried } from './tier-memory.ts'
import type { TierOptions } from './tier-options.ts'

/**
 * Seconds from a first run that has only given what later ones are compared with to the next one, however dear it is: a
 * first figure is worth that once.
 */
const second = 5

/** Milliseconds until a command that cannot run here is considered again. */
const reconsider = 60_000

/** Milliseconds by which a tick may be early, as timers are: else every other command would wait for the next one. */
const slack = 80

/** Wished seconds between runs, and CPU seconds as measured: of one run, and of all so far. */
interface Cost {
  readonly every: number
  readonly cost: number
  readonly total: number
}

/** Runs one command tier when it is due. */
export interface CommandTierRun {
  /** To be called every second. `needed`: some metric of the tier is given by no better one. */
  poll(at: number, needed: boolean): void
  /** Runs it as soon as possible, whatever its period; settles when it has answered or failed. */
  runNow(at: number): Promise<void>
  cost(): Cost
  /** Seconds between runs as they are now. */
  period(): number
  /** Sets the period that the node's budget allows, in seconds. */
  stretchTo(seconds: number): void
}

type CommandTierOptions = TierOptions<CommandTier<unknown>>

const sameScript = (one: Script, other: Script): boolean =>
  one === other ||
  (one.text === other.text &&
    one.args.length === other.args.length &&
    one.args.every((arg, index) => arg === other.args[index]))

const settled = Promise.resolve()

// A class for the same reason as the arbiter: a thousand nodes have six of them each.
class PlainCommandTier implements CommandTierRun {
  private readonly options: CommandTierOptions
  private state: unknown
  private runner: CommandRunner | undefined = undefined
  private script: Script | undefined = undefined
  private isBusy = false
  /** Of the last run. */
  private answered = settled
  private dueAt = Number.NEGATIVE_INFINITY
  /** Monotonic, and so good beyond the end of a session. */
  private ranAt: number
  private every: number
  private gives = true
  /** Whether there was anything to compare with. */
  private isCompared = false
  private failures = 0
  private meter = unused
  /** What it costs; undefined while that has to be looked at again: it is asked for every second, and changes with a run. */
  private told: Cost | undefined = undefined

  constructor(options: CommandTierOptions) {
    const { left } = options.slot ?? {}
    this.options = options
    this.state = carried(options.tier, left)
    this.ranAt = left?.more ?? Number.NaN
    this.every = options.tier.every
  }

  poll(at: number, needed: boolean): void {
    if (!needed) {
      if (this.runner !== undefined && !this.isBusy) this.drop()
      return
    }
    if (!this.isBusy && at >= this.dueAt - slack) void this.runNow(at)
  }

  runNow(at: number): Promise<void> {
    if (this.isBusy) return this.answered
    const wanted = this.wanted(at)
    if (wanted === undefined) return settled
    this.answered = this.run(wanted, at)
    return this.answered
  }

  cost(): Cost {
    const { every, idle = 0 } = this.options.tier
    this.told ??= {
      every: this.gives ? every : Math.max(every, idle),
      cost: this.meter.cost,
      total: this.meter.spent,
    }
    return this.told
  }

  period(): number {
    return this.every
  }

  stretchTo(seconds: number): void {
    this.every = seconds
    // A command that was just found dear waits out its new period.
    if (this.gives && this.isCompared && !Number.isNaN(this.ranAt) && this.dueAt > this.ranAt)
      this.dueAt = Math.max(this.dueAt, this.ranAt + seconds * 1000)
  }

  private drop(): void {
    this.runner?.close()
    this.runner = undefined
    this.script = undefined
    this.meter = restarted(this.meter)
  }

  private fail(absence: Absence, after: number, at: number): void {
    this.options.refuse(absence)
    this.dueAt = at + after
  }

  /** What is to be run; undefined: nothing, which was said then. */
  private wanted(at: number): Script | undefined {
    const { tier, context } = this.options
    try {
      const wanted = permitted(tier.program(context), tier.tier, context.sudo)
      if (!('missing' in wanted)) return wanted
      this.drop()
      this.fail(wanted, reconsider, at)
    } catch (error) {
      this.broke(error, at)
    }
    return undefined
  }

  private async run(wanted: Script, at: number): Promise<void> {
    this.isBusy = true
    const { tier, connection, context, signal, slot } = this.options
    try {
      if (this.script === undefined || !sameScript(this.script, wanted)) this.drop()
      this.script = wanted
      this.runner ??= await openCommand({ connection, script: wanted, limit: tier.limit, signal })
      const { output, cpu, shell } = await this.runner.run()
      this.meter = metered(this.meter, cpu, shell)
      this.told = undefined
      this.failures = 0
      const refusal = wanted.sudo && heardSudo(wanted, tier.tier, { ...output, gate: context.sudo })
      if (refusal !== undefined) return this.fail(refusal, reconsider, at)
      const step = tier.step(this.state, { ...output, seconds: (at - this.ranAt) / 1000 }, context)
      this.state = step.state
      this.dueAt = at + this.pause(step.taken) * 1000
      this.ranAt = at
      if (slot !== undefined) slot.left = { state: this.state, more: at }
      this.options.deliver(step.taken, at)
    } catch (error) {
      this.broke(error, at)
    } finally {
      this.isBusy = false
    }
  }

  private broke(error: unknown, at: number): void {
    const { tier, signal } = this.options
    this.drop()
    if (signal.aborted) return
    this.failures += 1
    this.fail(
      { missing: 'no-data', advice: briefly(error, tier.tier) },
      Math.min(reconsider, tier.every * 1000 * 2 ** Math.min(this.failures, 6)),
      at,
    )
  }

  /** Seconds until the next run, after one that took this. */
  private pause({ count, values }: Taken): number {
    const { every, idle = 0 } = this.options.tier
    const wasRun = !Number.isNaN(this.ranAt)
    this.gives = count > 0
    this.told = undefined
    this.isCompared ||= !this.gives || values.slice(0, count).some((value) => !Number.isNaN(value)) || wasRun
    if (!this.isCompared) return Math.min(second, every)
    return this.gives ? this.every : Math.max(this.every, idle)
  }
}

export const runCommandTier = (options: CommandTierOptions): CommandTierRun => new PlainCommandTier(options)
