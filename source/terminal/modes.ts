/* oxlint-disable no-control-regex -- control sequences are what this file reads */
import { endFrame, leaveAlternate, plainPen, showCursor } from './sequences.ts'

/** Which modes of the terminal we changed, learned from the sequences sent to it. */
export type Modes = {
  note(control: string): void
  /** What changes them again, empty if nothing is changed, for a terminal that others have used meanwhile. */
  again(): string
  /**
   * What puts the terminal back, empty if nothing is changed. `isUncertain`: some of what was noted may not have reached
   * the terminal, so every mode that was ever changed is put back.
   */
  restore(isUncertain: boolean): string
}

const onByDefault = new Set(['7', '25'])
const setting = /\u001b\[\?([\d;]+)([hl])/g
const keyboard = /\u001b\[([<>])[\d;]*u/g

/** All modes as a terminal has them by default. */
export const createModes = (): Modes => {
  const changed = new Map<string, boolean>()
  let keyboards = 0
  let wasKeyboard = false

  const set = (number: string, on: boolean): string => `\u001b[?${number}${on ? 'h' : 'l'}`
  const undo = (number: string): string => set(number, onByDefault.has(number))

  return {
    note(control) {
      for (const [, numbers = '', final] of control.matchAll(setting))
        for (const number of numbers.split(';')) changed.set(number, onByDefault.has(number) !== (final === 'h'))
      for (const [, change] of control.matchAll(keyboard)) {
        keyboards = Math.max(0, keyboards + (change === '>' ? 1 : -1))
        wasKeyboard = true
      }
    },
    // Keyboards are not among them: they lie on each other, and one more would be left behind.
    again: () =>
      [...changed].map(([number, isChanged]) => (isChanged ? set(number, !onByDefault.has(number)) : '')).join(''),
    restore(isUncertain) {
      const left = [...changed].filter(([, isChanged]) => isChanged || isUncertain).map(([number]) => undo(number))
      const popped = '\u001b[<u'.repeat(isUncertain && wasKeyboard ? Math.max(1, keyboards) : keyboards)
      if (left.length === 0 && popped === '' && !isUncertain) return ''
      // The alternate screen last but for the cursor: leaving it restores what was saved on entry.
      const order = left.filter((sequence) => sequence !== leaveAlternate && sequence !== showCursor)
      const screen = left.includes(leaveAlternate) ? leaveAlternate : ''
      return [endFrame, plainPen, popped, ...order, screen, showCursor].join('')
    },
  }
}
