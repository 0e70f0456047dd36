/** What the runs of one command cost a node, in CPU seconds, by what its loop tells after each. */
export interface Meter {
  /** Of all runs, and of the shell that starts them, since the loop began: as told last. */
  readonly runs: number
  readonly shell: number
  /** Of one run, as measured lately. */
  readonly cost: number
  /** Of all runs and shells so far. */
  readonly spent: number
}

export const unused: Meter = { runs: 0, shell: 0, cost: 0, spent: 0 }

/** After a run; `runs` and `shell` as the loop tells them. */
export const metered = (before: Meter, runs: number, shell: number): Meter => {
  const own = runs - before.runs
  return {
    runs,
    shell,
    // A quick mean: a command's cost changes slowly, with the size of what it lists.
    cost: before.cost === 0 ? own : before.cost + (own - before.cost) / 4,
    // The shell is not part of what a run costs: most of its time is its start.
    spent: before.spent + own + shell - before.shell,
  }
}

/** Before the first run of another loop, which counts from 0. */
export const restarted = ({ cost, spent }: Meter): Meter => ({ runs: 0, shell: 0, cost, spent })
