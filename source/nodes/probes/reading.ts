import type { Section } from '../probe.ts'

/** Where a file of /proc is not to be read. */
export const notShown = (file: string): string => `This node does not show ${file}: look whether /proc is mounted.`

/** Where a number should stand and does not. */
export const noNumber = (file: string): string => `${file} holds no number here: look at it on the node.`

/** What this frame says of a take: nothing (it was not read), that the node does not have it, or its lines. */
export const reading = (section: Section, take: string): readonly string[] | 'absent' | undefined => {
  if (!section.fresh(take)) return undefined
  return section.there(take) ? (section.lines(take) ?? 'absent') : 'absent'
}
