import { quoted } from '../../config/values.ts'
import { WrongUse } from '../../config/wrong-use.ts'
import type { TabName } from '../../events/looks.ts'
import type { PodFormat } from '../../export/format.ts'
import type { LookKind } from '../../nodes/namespaces/look-kind.ts'
import { lookOf, looks } from '../../nodes/namespaces/looks.ts'
import { tabCalled, tabs } from '../../screens/pod/tabs.ts'
import { didYouMean } from '../../text/nearest.ts'

/** Which tabs are taken, and which are there and are not. */
export interface ChosenTabs {
  readonly taken: readonly TabName[]
  /** With what it takes to have them. */
  readonly left: readonly { readonly tab: TabName; readonly cause: string }[]
  /** A person said that those that ask first may be taken. */
  readonly isAgreed: boolean
  /** Some of those taken cost more than is done by itself. */
  readonly isCostly: boolean
}

/** Whether a look is taken by itself, as soon as its tab is opened. */
const isUsual = ({ isCostly, every }: LookKind): boolean => isCostly !== true && every !== undefined

/** Those of the screen of a pod, in its order, then looks that have a screen of their own. */
const known = (): readonly TabName[] => [
  ...tabs.flatMap(({ name }) => (lookOf(name) === undefined ? [] : [name])),
  ...looks.map(({ tab }): TabName => tab).filter((tab) => tabCalled(tab) === undefined),
]

const named = (typed: string, output: PodFormat): readonly TabName[] => {
  const names = known()
  const wanted = typed.split(',').map((word) => {
    const tab = names.find((name) => name === word)
    if (tab === undefined)
      throw new WrongUse(
        `--tab: there is no tab ${quoted(word)}${didYouMean(word, names) || `: known are ${names.join(', ')}`}`,
      )
    if (output === 'table' && tabCalled(tab) === undefined)
      throw new WrongUse(`--tab ${tab}: it has a screen of its own and no table here: --output json prints it`)
    return tab
  })
  return names.filter((name) => wanted.includes(name))
}

/**
 * The tabs to take: those that were named, else all that are taken by themselves. Throws {@link WrongUse} for one that there
 * is not.
 */
export const chooseTabs = (typed: string | undefined, output: PodFormat, isAgreed: boolean): ChosenTabs => {
  const kinds = tabs.flatMap(({ name }) => lookOf(name) ?? [])
  const taken = typed === undefined ? kinds.filter(isUsual).map(({ tab }): TabName => tab) : named(typed, output)
  const left = kinds
    .filter((kind) => typed === undefined && !isUsual(kind))
    .map(({ tab, cost }) => ({ tab: tab as TabName, cause: `not taken by itself (${cost}): --tab ${tab} takes it` }))
  return { taken, left, isAgreed, isCostly: taken.some((tab) => lookOf(tab)?.isCostly === true) }
}
