/** One measured figure. `budget` is the most it may be, in the same unit; `reference` is the same figure of the alternative. */
export interface Measured {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly budget?: number
  /** For what must not be less, such as a share of ticks on time. */
  readonly atLeast?: number
  readonly reference?: number
  /** What the reference is. */
  readonly beside?: string
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits))
