const digits = /^-?\d+(\.\d+)?$/

/** A decimal number as the kernel writes it, or NaN for anything else, so that garbage is a gap and never 0. */
export const decimal = (text: string | undefined): number =>
  text !== undefined && digits.test(text) ? Number(text) : Number.NaN

/** The blank-separated fields of a line as numbers; what is not a number is NaN. */
export const decimals = (line: string): readonly number[] => line.trim().split(/\s+/).map(decimal)
