// The least limit among terminals in use: longer texts are thrown away, or half of them arrives.
const longestEncoded = 74_994

/**
 * The sequence that puts text on the clipboard of whoever sits at the terminal, over ssh too (OSC 52). Undefined if the
 * text is too long for it. Whether the terminal obeys cannot be known; tmux does with `set-clipboard on`.
 */
export const clipboardSequence = (text: string): string | undefined => {
  const encoded = Buffer.from(text).toString('base64')
  return encoded.length > longestEncoded ? undefined : `\u001b]52;c;${encoded}\u0007`
}
