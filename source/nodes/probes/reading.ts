import type { Section } from '../probe.ts'

/** What this frame says of a take: nothing (it was not read), that the node does not have it, or its lines. */
export const reading = (section: Section, take: string): readonly string[] | 'absent' | undefined => {
  if (!section.fresh(take)) return undefined
  return section.there(take) ? (section.lines(take) ?? 'absent') : 'absent'
}
