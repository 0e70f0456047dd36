import type { ConntrackLook } from '../../events/looks.ts'
import { formatValue } from '../../text/units.ts'

/** Why so many entries are not listed by themselves, and what it takes to have them. `yes`: how a person agrees. */
export const questionWords = (
  { entries, own, expectedCost }: Pick<ConntrackLook, 'entries' | 'own' | 'expectedCost'>,
  node: string,
  yes = 'y',
): string => {
  const many = entries + (own?.entries ?? 0)
  const expected = formatValue(expectedCost, 'ms')
  return `${many} entries are too many to be listed on a timer: it takes ${node} some ${expected} of CPU, at nice 19. ${yes} lists them, once`
}
