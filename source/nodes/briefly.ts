import { type Clean, clean } from '../text/clean.ts'

/** More than this no cell and no line of a screen can hold. */
const longest = 200

/** What an error says, after `before`, as an advice: one line, cut. An error may quote all of a script. */
export const briefly = (error: unknown, before = ''): Clean => {
  const message = error instanceof Error ? error.message : String(error)
  return clean(`${before} ${message}`.replaceAll(/\s+/g, ' ').trim(), longest)
}
