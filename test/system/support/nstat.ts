import type { Namespace } from './namespace.ts'

/** Counters of a namespace as nstat tells them, since the namespace was made. A counter that it does not know is 0. */
export const nstat = async ({ run }: Namespace, ...names: readonly string[]): Promise<readonly number[]> => {
  // -s: it writes down nothing for its next run; -a: whole values and no growth since its last.
  const text = await run(['nstat', '-asz', ...names])
  return names.map((name) => Number(new RegExp(`^${name} +(\\d+)`, 'm').exec(text)?.[1] ?? 0))
}
