/** Share of a core, in percent, that all of kntop may take on a node, opt-ins apart. */
export const nodeBudget = 0.25

/** Share of a core that commands may always take, so that a dear sampler does not silence them for good. */
const leastForCommands = 0.05

/** The longest period that a command is stretched to, in seconds. */
export const longestPeriod = 300

export interface CommandCost {
  /** Seconds between runs as wished. */
  readonly every: number
  /** CPU seconds of one run. */
  readonly cost: number
}

/**
 * Seconds between runs, so that the sampler and all commands stay within the node's budget together: every command is
 * stretched by the same factor. `sampler`: its share of a core in percent.
 */
export const stretch = (sampler: number, commands: readonly CommandCost[]): readonly number[] => {
  const available = Math.max(leastForCommands, nodeBudget - sampler)
  const wished = commands.reduce((sum, { cost, every }) => sum + (cost / every) * 100, 0)
  const factor = Math.max(1, wished / available)
  return commands.map(({ every }) => Math.min(longestPeriod, every * factor))
}
