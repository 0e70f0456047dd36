/* oxlint-disable no-control-regex -- control sequences are what this file reads */
import { beginFrame, endFrame } from './sequences.ts'

// One control sequence, whatever it does.
const control =
  /\u001b\[(?<mark>[<-?]?)[\d;:]*[ -/]*(?<final>[@-~])|(?:\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[P_^X][^]*?\u001b\\|\u001b[ -/]*[0-OQ-WYZ\\`-~]|\u0007)/y

const cursor = /^\u001b\[\?25[hl]$/

/** Cursor moves, erasing and colours belong to pictures, and the cursor's being seen to the presenter. */
const isOfPicture = (sequence: string, mark: string | undefined, final: string | undefined): boolean =>
  (mark === '' && 'ABCDEFGHJKfm'.includes(final ?? ' ')) || cursor.test(sequence)

/**
 * Reads what Ink 8 writes and lets through only what is for the terminal itself: keyboard and paste modes, and what somebody
 * writes to the stream outside Ink's brackets (a clipboard, a mode). Pictures do not come this way: whatever Ink draws is
 * dropped, inside a bracket (begin-sync ... end-sync) and outside. A sequence never comes in two writes.
 */
export const createInkReader = (onControl: (sequence: string) => void) => {
  let isOpen = false

  const readPart = (part: string): void => {
    for (let at = 0; ; ) {
      control.lastIndex = at
      const found = control.exec(part)
      if (!found) return
      if (!isOfPicture(found[0], found.groups?.['mark'], found.groups?.['final'])) onControl(found[0])
      at += found[0].length
    }
  }

  return (chunk: string): void => {
    for (const part of chunk.split(/(\u001b\[\?2026[hl])/)) {
      if (part === beginFrame || part === endFrame) isOpen = part === beginFrame
      else if (!isOpen && part !== '') readPart(part)
    }
  }
}
