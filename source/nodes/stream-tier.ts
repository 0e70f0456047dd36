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
  status(status: OptInStatus): void
  now(): number
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

const commandOf = (wanted: Script | Refusal): Clean =>
  'missing' in wanted ? clean('') : clean(shownScript(wanted), 1000)

// A class for the same reason as the arbiter: a thousand nodes have two of them each.
class PlainStreamTier implements StreamTierRun {
  private readonly options: StreamTierOptions
  private state: unknown
  private runs: readonly Run[] = []
  private opening = false
  /** Numbers of runs are not used again: what an earlier one left unfinished is none of the next one's. */
  private sources: number
  private retryAt = Number.NEGATIVE_INFINITY
  private failures = 0
  private stopped: Refusal | undefined = undefined
  private wasAsked = false
  private told = ''
  private offUntil = Number.NEGATIVE_INFINITY

  constructor(options: StreamTierOptions) {
    const { left } = options.slot ?? {}
    this.options = options
    this.state = carried(options.tier, left)
    this.sources = left?.more ?? 0
  }

  poll(at: number, asked: boolean): void {
    if (!asked && at < this.offUntil) return
    this.wasAsked = asked
    this.offUntil = Number.NEGATIVE_INFINITY
    const { tier, context } = this.options
    const wanted = permitted(tier.program(context), tier.optIn.name, context.sudo)
    const command = commandOf(wanted)
    if (!asked) return this.off(at, wanted, command)
    if ('missing' in wanted) {
      this.closeAll()
      return this.refuse(wanted, command)
    }
    const newest = this.runs.at(-1)
    const due = newest === undefined ? at >= this.retryAt : at - newest.openedAt >= (tier.lease - tier.overlap) * 1000
    if (due && !this.opening) void this.open(wanted, at)
    if (newest === undefined && this.stopped !== undefined) return this.refuse(this.stopped, command)
    if (newest === undefined) return this.tell({ state: 'starting', command, detail: clean(tier.optIn.cost) })
    return this.guarded(() => this.tick(at, command))
  }

  private leave(): void {
    const { slot } = this.options
    if (slot !== undefined) slot.left = { state: this.state, more: this.sources }
  }

  private tell(status: Omit<OptInStatus, 'name' | 'asked'>): void {
    const key = JSON.stringify([this.wasAsked, status])
    if (key === this.told) return
    this.told = key
    this.options.status({ name: this.options.tier.optIn.name, asked: this.wasAsked, ...status })
  }

  private closeAll(): void {
    for (const { channel } of this.runs) channel.close()
    this.runs = []
  }

  private ended(run: Run, code: number | null, stderr: Clean): void {
    const { tier, context, signal } = this.options
    const { name } = tier.optIn
    const current = this.runs.includes(run)
    this.runs = this.runs.filter((other) => other !== run)
    if (!current || signal.aborted) return
    const lived = this.options.now() - run.openedAt
    const heard = { status: code, text: stderr, gate: context.sudo }
    const found = heardSudo(run.script, name, heard) ?? tier.ended?.(code, stderr)
    // A run that reached its lease ended as agreed, unless it has something to say.
    if (found === undefined && lived > (tier.lease - 2) * 1000) return
    this.failures += 1
    const verdict = found ?? {
      missing: 'no-data' as const,
      advice: clean(`${endingOf(name, code)}${stderr === '' ? '' : `: ${stderr.slice(-160)}`}`),
    }
    if (found !== undefined) this.closeAll()
    this.retryAt = this.options.now() + Math.min(reconsider, 1000 * 2 ** this.failures)
    this.stopped = this.runs.length === 0 ? verdict : this.stopped
  }

  private async open(wanted: Script, at: number): Promise<void> {
    const { tier, connection, context, signal } = this.options
    this.opening = true
    try {
      const channel = await connection.stream(shellProgram(wanted.text, wanted.args), signal)
      const source = this.sources
      this.sources += 1
      const run: Run = { source, openedAt: at, channel, script: wanted }
      if (!this.wasAsked) return channel.close()
      this.runs = [...this.runs, run]
      channel.onData((chunk) => {
        if (!this.runs.includes(run)) return
        if (wanted.sudo !== undefined) context.sudo.worked(tier.optIn.name)
        this.guarded(() => {
          this.state = tier.step(this.state, chunk, source, context)
        })
      })
      void channel.exit.then(({ code, stderr }) => this.ended(run, code, stderr))
    } catch (error) {
      this.failures += 1
      this.retryAt = at + reconsider
      this.stopped = { missing: 'no-data', advice: briefly(error) }
    } finally {
      this.opening = false
    }
  }

  private off(at: number, wanted: Script | Refusal, command: Clean): void {
    const { tier } = this.options
    if (this.runs.length > 0) this.closeAll()
    this.state = tier.start
    this.leave()
    this.stopped = undefined
    this.failures = 0
    this.retryAt = at
    this.options.refuse({
      missing: 'not-asked',
      advice: clean(`start kntop with --with ${tier.optIn.name}, or press w and switch it on`),
    })
    // Whoever thinks of asking for it is told beforehand where that would come to nothing.
    const detail = 'missing' in wanted ? wanted.advice : clean(tier.optIn.cost)
    this.tell({ state: 'off', command, detail })
    this.offUntil = at + freshness
  }

  private refuse(refusal: Refusal, command: Clean): void {
    this.options.refuse(refusal)
    this.tell({ state: 'refused', command, detail: refusal.advice })
  }

  /** A fault of ours in reading what came ends this opt-in, and nothing else. */
  private guarded(action: () => void): void {
    try {
      action()
    } catch (error) {
      const { tier } = this.options
      this.closeAll()
      this.state = tier.start
      this.leave()
      this.retryAt = this.options.now() + reconsider
      this.stopped = {
        missing: 'no-data',
        advice: briefly(error, `${tier.optIn.name} failed, please report it:`),
      }
    }
  }

  private tick(at: number, command: Clean): void {
    const { tier, context } = this.options
    const oldest = this.runs[0]
    const running = oldest !== undefined && at - oldest.openedAt >= 1000
    const step = tier.tick(this.state, at / 1000, running, context)
    this.state = step.state
    this.leave()
    if (step.stop !== undefined) {
      this.closeAll()
      this.stopped = step.stop
      this.retryAt = at + 2 * reconsider
      return this.refuse(step.stop, command)
    }
    if (oldest === undefined) return
    this.failures = 0
    this.stopped = undefined
    this.tell({ state: running ? 'running' : 'starting', command, detail: clean(tier.optIn.cost) })
    this.options.deliver(step.taken, at)
  }
}

export const runStreamTier = (options: StreamTierOptions): StreamTierRun => new PlainStreamTier(options)
