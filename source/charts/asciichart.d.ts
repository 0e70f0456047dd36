declare module 'asciichart' {
  interface PlotConfig {
    readonly min?: number
    readonly max?: number
    /** The number of lines is one more. */
    readonly height?: number
    /** The column of the second value; labels and the first value stand before it. */
    readonly offset?: number
    /** A label for a line; at least one character. */
    readonly format?: (value: number, index: number) => string
    /** Start, axis, two unused, level, four turns, upright. */
    readonly symbols?: readonly string[]
  }

  /** Draws finite numbers, one per column; throws on an empty list, NaN and infinities. */
  export function plot(series: readonly number[], config?: PlotConfig): string
}
