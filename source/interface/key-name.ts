import type { Key } from 'ink'

const named: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
]

/** One name for a key press, such as `j`, `G`, `ctrl-f`, `alt-x`, `shift-tab`, `pagedown`; letters keep their case. */
export const keyName = (input: string, key: Key): string => {
  const name = named.find(([flag]) => key[flag] === true)?.[1]
  if (name !== undefined) return `${key.ctrl ? 'ctrl-' : ''}${key.shift ? 'shift-' : ''}${name}`
  if (key.ctrl) return `ctrl-${input}`
  if (key.meta) return `alt-${input}`
  return input === ' ' ? 'space' : input
}
