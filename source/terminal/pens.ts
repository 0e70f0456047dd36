/** How a glyph looks, as the SGR parameters that make it so; empty colours are the terminal's own. */
type Pen = { readonly foreground: string; readonly background: string; readonly flags: number }

/** Interned pens: a number each, so that two cells compare by their numbers. 0 is the plain pen. */
export type Pens = {
  /** The pen after an SGR sequence with these parameters (what stands between `ESC [` and `m`). */
  apply(pen: number, parameters: string): number
  /** The shortest sequence we know from one pen to another; empty if they are the same. */
  change(from: number, to: number): string
  /** Whether a space in this pen looks like no space at all. */
  isInvisible(pen: number): boolean
  readonly size: number
}

// Attribute codes with the code that ends them, from ECMA-48 8.3.117; each has one bit.
const attributes: readonly (readonly [on: number, off: number])[] = [
  [1, 22],
  [2, 22],
  [3, 23],
  [4, 24],
  [5, 25],
  [7, 27],
  [8, 28],
  [9, 29],
  [53, 55],
]
const bitOf = new Map(attributes.map(([on], bit) => [on, 1 << bit]))
const bitsEndedBy = new Map<number, number>()
for (const [bit, [, off]] of attributes.entries()) bitsEndedBy.set(off, (bitsEndedBy.get(off) ?? 0) | (1 << bit))

const shownOnSpace = [4, 7, 9, 53].reduce((bits, code) => bits | (bitOf.get(code) ?? 0), 0)

const plain: Pen = { foreground: '', background: '', flags: 0 }

const within = (code: number, first: number, last: number): boolean => code >= first && code <= last

const step = (pen: Pen, parameter: string): Pen => {
  if (/^38[;:]/.test(parameter)) return { ...pen, foreground: parameter }
  if (/^48[;:]/.test(parameter)) return { ...pen, background: parameter }
  // Sub-parameters choose a kind of underline; any kind is an underline here, and kind 0 is none.
  if (parameter.startsWith('4:')) return step(pen, parameter === '4:0' ? '24' : '4')
  const code = Number(parameter)
  if (code === 0) return plain
  if (code === 39) return { ...pen, foreground: '' }
  if (code === 49) return { ...pen, background: '' }
  if (within(code, 30, 37) || within(code, 90, 97)) return { ...pen, foreground: parameter }
  if (within(code, 40, 47) || within(code, 100, 107)) return { ...pen, background: parameter }
  return { ...pen, flags: (pen.flags | (bitOf.get(code) ?? 0)) & ~(bitsEndedBy.get(code) ?? 0) }
}

// A colour by index or by red, green, blue is one parameter to us; whatever else, one code at a time.
const parameter = /[345]8;(?:5;\d*|2;\d*;\d*;\d*)|[\d:]+/g

const read = (pen: Pen, parameters: string): Pen =>
  parameters === '' ? plain : (parameters.match(parameter) ?? []).reduce(step, pen)

const codesOn = (flags: number): readonly number[] =>
  attributes.filter((_, bit) => flags & (1 << bit)).map(([on]) => on)

const sequence = (codes: readonly (string | number)[]): string =>
  codes.length === 0 ? '' : `\u001b[${codes.join(';')}m`

const write = (from: Pen, to: Pen): string => {
  const colours = [to.foreground, to.background].filter((code) => code !== '')
  const afresh = colours.length === 0 && to.flags === 0 ? '\u001b[m' : sequence([0, ...codesOn(to.flags), ...colours])
  // What ends one attribute may end its sibling too (bold and dim), which then has to be set again.
  const ending = new Set(attributes.filter((_, bit) => from.flags & ~to.flags & (1 << bit)).map(([, off]) => off))
  const left = [...ending].reduce((flags, off) => flags & ~(bitsEndedBy.get(off) ?? 0), from.flags)
  const changed = sequence([
    ...ending,
    ...codesOn(to.flags & ~left),
    ...(from.foreground === to.foreground ? [] : [to.foreground || 39]),
    ...(from.background === to.background ? [] : [to.background || 49]),
  ])
  return changed.length < afresh.length ? changed : afresh
}

/** A table of pens. It only grows: whoever keeps one looks at its size. */
export const createPens = (): Pens => {
  const pens: Pen[] = [plain]
  const numbers = new Map<string, number>([['0;;', 0]])
  const applied: Map<string, number>[] = []
  const changes = new Map<number, string>()

  const numberOf = (pen: Pen): number => {
    const key = `${pen.flags};${pen.foreground};${pen.background}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, pens.length)
    return pens.push(pen) - 1
  }
  const penOf = (number: number): Pen => pens[number] ?? plain

  return {
    apply(pen, parameters) {
      const known = (applied[pen] ??= new Map<string, number>())
      let next = known.get(parameters)
      if (next === undefined) {
        next = numberOf(read(penOf(pen), parameters))
        known.set(parameters, next)
      }
      return next
    },
    change(from, to) {
      if (from === to) return ''
      const key = from * 0x1_0000 + to
      let known = changes.get(key)
      if (known === undefined) {
        known = write(penOf(from), penOf(to))
        changes.set(key, known)
      }
      return known
    },
    isInvisible(pen) {
      const { background, flags } = penOf(pen)
      return background === '' && (flags & shownOnSpace) === 0
    },
    get size() {
      return pens.length
    },
  }
}
