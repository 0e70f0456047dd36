import type { Door, Party } from '../../store/attribution.ts'
import type { Counted } from '../../store/fill.ts'

/** A party in few cells: a pod by its name alone. */
export const partyCell = (party: Party): string => {
  switch (party.kind) {
    case 'pod':
      return party.id
    case 'service':
      return `svc ${party.id}`
    case 'node':
      return `node ${party.name}`
    case 'other':
      return party.address
  }
}

const doors: Readonly<Record<Door, string>> = {
  'cluster address': '',
  'external address': ' by its external address',
  'node port': ' by its node port',
}

/** A party in words: a node's address is shared by all that is on its network. */
export const partyWords = (party: Party): string => {
  switch (party.kind) {
    case 'pod':
      return `pod ${party.id}`
    case 'service':
      return `service ${party.id}${doors[party.by]}`
    case 'node':
      return `node ${party.name} (itself, or a pod on its network)`
    case 'other':
      return party.address
  }
}

/** `a 12, b 3 and 4 more`. */
export const countedWords = <What>(all: readonly Counted<What>[], wordOf: (what: What) => string, most = 3): string => {
  const first = all.slice(0, most).map(({ what, count }) => `${wordOf(what)} ${count}`)
  return `${first.join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`
}
