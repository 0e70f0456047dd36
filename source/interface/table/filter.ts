/** What was typed after `/`: a text to hold, `!text` not to hold; case does not matter. */
export interface TextFilter {
  /** In lower case. */
  readonly text: string
  readonly inverse: boolean
}

export const parseFilter = (typed: string): TextFilter | undefined => {
  const inverse = typed.startsWith('!')
  const text = (inverse ? typed.slice(1) : typed).trim().toLowerCase()
  return text === '' ? undefined : { text, inverse }
}
