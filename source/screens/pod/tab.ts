import type { Look, TabName } from '../../events/looks.ts'
import type { Parameters } from '../../interface/screen.ts'
import type { Known } from '../../store/known.ts'
import type { Snapshot } from '../../store/snapshot.ts'
import type { Clean } from '../../text/clean.ts'
import type { Style } from '../../text/colour.ts'
import type { List, ListSetting } from './list.ts'
import type { Target } from './target.ts'

/** A labelled line, wrapped where it is long. */
export interface Fact {
  readonly label: string
  readonly text: string
  readonly style?: Style
}

/** What a tab may need besides its look. */
export interface Setting {
  readonly snapshot: Snapshot
  readonly target: Target
  /** What was known when it was looked at: by that addresses are told by name. */
  readonly known: Known
  /** A name of which is to be shown what a lookup of it sends. */
  readonly lookup: Clean | undefined
  /** Whom a person chose to see, where a tab is of one of several. */
  readonly aim: Clean | undefined
  /** It is printed once: there are no keys, no samples and no second look. */
  readonly isPrinted?: boolean
}

/** Those whom a tab may be of, and the one that it is of now. */
export interface Aims {
  readonly all: readonly Clean[]
  readonly current: Clean | undefined
}

type AimSetting = Pick<Setting, 'snapshot' | 'target' | 'aim' | 'known'>

/** One tab, as its file says it. */
export interface TabOf<Kind extends Look> {
  readonly name: Kind['tab']
  /** One sentence for the help: it is a word after `:` too. */
  readonly purpose: string
  /** What a word typed after its name means that names no pod; without it, there is no such word. */
  readonly argument?: (typed: string) => Parameters
  /** What NAMESPACE/NAME typed after its name is; without it, a pod. */
  readonly names?: 'service'
  /** `look`: undefined while nothing was seen. */
  readonly aims?: (look: Kind | undefined, setting: AimSetting) => Aims
  /** What stands above the lists; what matters most first. */
  facts(look: Kind, setting: Setting): readonly Fact[]
  readonly lists: readonly ((look: Kind, isOld: boolean, setting: ListSetting) => List)[]
  /** What the lists rest on besides the look: they are the same ones as long as it is the same object. */
  restsOn?(setting: ListSetting): object | undefined
}

/** A tab, whatever its look is. */
export interface Tab {
  readonly name: TabName
  readonly purpose: string
  readonly argument: ((typed: string) => Parameters) | undefined
  readonly names: 'service' | undefined
  aims(look: Look | undefined, setting: AimSetting): Aims
  facts(look: Look, setting: Setting): readonly Fact[]
  /** The same ones for the same look, and what else they rest on. */
  lists(look: Look, isOld: boolean, setting: ListSetting): readonly List[]
}

interface Lists {
  readonly known: Known | undefined
  readonly restOn: object | undefined
  readonly isOld: boolean
  readonly lists: readonly List[]
}

/** Hides the kind of look, so that a registry can hold tabs of any. */
export const tab = <Kind extends Look>(definition: TabOf<Kind>): Tab => {
  const isOwn = (look: Look): look is Kind => look.tab === definition.name
  const made = new WeakMap<Look, Lists>()
  return {
    name: definition.name,
    purpose: definition.purpose,
    argument: definition.argument,
    names: definition.names,
    aims: (look, setting) =>
      definition.aims?.(look !== undefined && isOwn(look) ? look : undefined, setting) ?? {
        all: [],
        current: undefined,
      },
    facts: (look, setting) => (isOwn(look) ? definition.facts(look, setting) : []),
    lists(look, isOld, setting) {
      if (!isOwn(look)) return []
      const before = made.get(look)
      const { known } = setting
      const restOn = definition.restsOn?.(setting)
      if (before?.isOld === isOld && before.restOn === restOn && before.known === known) return before.lists
      const lists = definition.lists.map((list) => list(look, isOld, setting)).filter(({ isTold }) => isTold)
      made.set(look, { known, restOn, isOld, lists })
      return lists
    },
  }
}
