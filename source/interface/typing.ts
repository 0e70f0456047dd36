/** What a key makes of a text that is being typed; undefined: it types nothing. */
export const typedWith = (text: string, key: string): string | undefined => {
  switch (key) {
    case 'backspace':
    case 'delete':
      return Array.from(text).slice(0, -1).join('')
    case 'ctrl-u':
    case 'ctrl-q':
    case 'ctrl-w':
      return ''
    case 'space':
      return `${text} `
    default:
      // Names of keys that type nothing are longer than a letter.
      return Array.from(key).length === 1 ? text + key : undefined
  }
}
