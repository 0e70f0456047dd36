/** One sample of Prometheus' text format, without its time. */
export interface ExposedSample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

const sample = /^([a-zA-Z_:][\w:]*)(?:\{([^]*)\})?\s+(\S+)/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[^])*)"/g
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

/** A number as Prometheus writes it; NaN for what is none. */
const numberOf = (text: string): number => {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

/** The sample of a line; undefined for comments, blank lines and whatever is no sample. */
export const sampleIn = (line: string): ExposedSample | undefined => {
  const [, name, labels = '', value] = sample.exec(line) ?? []
  if (name === undefined || value === undefined) return undefined
  const pairs = Array.from(labels.matchAll(label), ([, key = '', text = '']) => {
    return [key, text.replace(/\\[^]/g, (escape) => escapes[escape] ?? escape)] as const
  })
  return { name, labels: new Map(pairs), value: numberOf(value) }
}

/** The edge of a histogram's bucket, from its label `le`. */
export const edgeOf = (labels: ReadonlyMap<string, string>): number => numberOf(labels.get('le') ?? '')
