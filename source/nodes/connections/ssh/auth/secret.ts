import { inspect } from 'node:util'

/** Something that only a person knows. However it is printed, it does not show; once dropped it is gone. */
export interface Secret {
  /** The text itself, to hand it on at once and keep it nowhere. Throws once it was dropped. */
  reveal(): string
  drop(): void
  toString(): string
  toJSON(): string
}

const hidden = '[secret]'

export const secretOf = (text: string): Secret => {
  const bytes = Buffer.from(text)
  let dropped = false
  return Object.freeze({
    reveal: () => {
      if (dropped) throw new Error('the secret was dropped already')
      return bytes.toString()
    },
    drop: () => {
      dropped = true
      bytes.fill(0)
    },
    toString: () => hidden,
    toJSON: () => hidden,
    [inspect.custom]: () => hidden,
  })
}
