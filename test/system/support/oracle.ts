import { appendFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { measuredFile } from './names.ts'

/** Notes a figure beside its oracle, for the list that the suite ends with. */
export const note = (figure: string, ours: number, oracle: number, unit = ''): void =>
  appendFileSync(
    measuredFile,
    `${figure}: kntop ${Number(ours.toPrecision(6))}${unit}, oracle ${Number(oracle.toPrecision(6))}${unit}\n`,
  )

/** What an oracle said before and after, and what kntop said between. */
export interface Beside<Oracle, Ours> {
  readonly oracle: Oracle
  readonly ours: Ours
}

const tries = 20

/**
 * Compares a moving value: oracle, ours, oracle, until both readings of the oracle agree. Rejects if they never do: then
 * the test has to hold the value still. `prepare` is done before each try.
 */
export const beside = async <Oracle, Ours>(
  readOracle: () => Promise<Oracle>,
  readOurs: () => Promise<Ours>,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Beside<Oracle, Ours>> => {
  const seen: Oracle[] = []
  for (let attempt = 0; attempt < tries; attempt++) {
    await prepare()
    const before = await readOracle()
    const ours = await readOurs()
    const after = await readOracle()
    if (isDeepStrictEqual(before, after)) return { oracle: after, ours }
    seen.push(before, after)
  }
  throw new Error(`the oracle never said the same before and after: ${JSON.stringify(seen.slice(-4))}`)
}
