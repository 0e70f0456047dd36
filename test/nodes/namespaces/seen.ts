import { expect } from 'vitest'
import type { Look } from '../../../source/events/looks.ts'
import { isBlind, type LookKind, type Seen } from '../../../source/nodes/namespaces/look-kind.ts'
import { clean } from '../../../source/text/clean.ts'
import { podOf } from './made-node.ts'

type Texts = Readonly<Record<string, string>>

/** What a look of a pod has found, from the texts of its sections. */
export const seenOf = (texts: Texts, more: Partial<Seen['footing']> & { readonly cut?: boolean } = {}): Seen => {
  const { cut = false, ...footing } = more
  return {
    footing: { way: clean('its cgroup'), pid: 7, right: 'root', isHost: false, ...footing },
    sections: new Map(Object.entries(texts).map(([name, text]) => [name, text.replace(/\n$/, '').split('\n')])),
    place: podOf(),
    cut,
  }
}

/** What a kind of look makes of it; fails where it sees nothing. */
export const readBy = <Kind extends Look>(kind: LookKind<Kind>, seen: Seen): Kind => {
  const look = kind.read(seen, undefined)
  return isBlind(look) ? expect.fail(look.cause) : look
}
