import type { MetricId } from '../metrics/catalogue.ts'
import type { Arbiter } from './arbiter.ts'
import type { ProbeContext, Section } from './probe.ts'

/** What the contexts of all tiers of a node share. */
export interface SharedContext extends Pick<ProbeContext, 'flags' | 'settings' | 'sudo'> {
  readonly commandSeconds: number
  namespaces: ProbeContext['namespaces']
}

// A class, because there is one for each tier of each node.
class TierContext implements ProbeContext {
  readonly section: Section
  private readonly shared: SharedContext
  private readonly arbiter: Arbiter
  private readonly tier: number

  constructor(shared: SharedContext, section: Section, arbiter: Arbiter, tier: number) {
    this.section = section
    this.shared = shared
    this.arbiter = arbiter
    this.tier = tier
  }

  get flags(): ProbeContext['flags'] {
    return this.shared.flags
  }
  get settings(): ProbeContext['settings'] {
    return this.shared.settings
  }
  get sudo(): ProbeContext['sudo'] {
    return this.shared.sudo
  }
  get namespaces(): ProbeContext['namespaces'] {
    return this.shared.namespaces
  }
  get commandSeconds(): number {
    return this.shared.commandSeconds
  }
  has(metric: MetricId): boolean {
    return this.arbiter.givenAbove(this.tier, metric)
  }
}

/** What the tier in this place of its probe may look at. */
export const contextOf = (shared: SharedContext, section: Section, arbiter: Arbiter, tier: number): ProbeContext =>
  new TierContext(shared, section, arbiter, tier)
