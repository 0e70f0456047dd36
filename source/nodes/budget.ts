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

const periodOf = ({ every }: CommandCost, factor: number): number =>
  Math.min(Math.max(longestPeriod, every), every * factor)

const shareOf = (commands: readonly CommandCost[], factor: number): number =>
  commands.reduce((sum, command) => sum + (command.cost / periodOf(command, factor)) * 100, 0)

/**
 * Seconds between runs, so that the sampler and all commands stay within the node's budget together: every command is
 * stretched by the same factor, up to the longest period, and the others make up for those that have reached it.
 * `sampler`: its share of a core in percent.
 */
export const stretch = (sampler: number, commands: readonly CommandCost[]): readonly number[] => {
  const available = Math.max(leastForCommands, nodeBudget - sampler)
  let factor = 1
  // A hair more than is there, so that rounding takes no further turn.
  while (shareOf(commands, factor) > available * (1 + 1e-9)) {
    const current = factor
    const still = commands.filter((command) => periodOf(command, current) >= longestPeriod)
    const moving = commands.filter((command) => periodOf(command, current) < longestPeriod)
    if (moving.length === 0) break
    const rest = available - shareOf(still, current)
    factor = rest > 0 ? shareOf(moving, 1) / rest : Number.POSITIVE_INFINITY
  }
  return commands.map((command) => periodOf(command, factor))
}
