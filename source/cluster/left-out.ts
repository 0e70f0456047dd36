import { mostLeftOut } from '../events/sources.ts'
import { type Clean, clean } from '../text/clean.ts'

/** What of one kind could not be read: each object once, however often it is told of. */
export interface LeftOut {
  /** It was told of in a scope, a namespace or everywhere; `name`: `shop/web` or `worker-1`, empty where not even that is known. */
  add(scope: string | undefined, name: string, cause: Clean): void
  /** It could be read after all, or is gone. */
  forget(name: string): void
  /** Begins a full list of a scope: what is not left out of it again does not count after its end. */
  pass(scope: string | undefined): LeftOutPass
  /** Forgets what lies in none of these namespaces. */
  keepOnly(namespaces: readonly string[]): void
  /** Objects, as far as they are counted; of those without a name that a watch tells of, there is at least one. */
  readonly count: number
  /** Why one of them was; empty where there is none. */
  readonly cause: Clean
}

export interface LeftOutPass {
  add(name: string, cause: Clean): void
  end(): void
}

interface Named {
  readonly scope: string | undefined
  readonly cause: Clean
}

interface Nameless {
  readonly count: number
  readonly cause: Clean
}

export const isWithin = (id: string, namespace: string): boolean => id.startsWith(`${namespace}/`)

export const createLeftOut = (): LeftOut => {
  const named = new Map<string, Named>()
  /** By scope. */
  const nameless = new Map<string | undefined, Nameless>()

  // Whoever sends more of them has no say in how much memory that takes.
  const add = (scope: string | undefined, name: string, cause: Clean): void => {
    if (named.has(name) || named.size < mostLeftOut) named.set(name, { scope, cause })
  }

  const addNameless = (scope: string | undefined, count: number, cause: Clean): void => {
    const before = nameless.get(scope)
    if (before === undefined || before.count < count) nameless.set(scope, { count, cause })
  }

  return {
    add(scope, name, cause) {
      if (name === '') addNameless(scope, 1, cause)
      else add(scope, name, cause)
    },
    forget: (name) => void named.delete(name),
    pass(scope) {
      const seen = new Set<string>()
      /** Those for which there is no room before others are gone. */
      const waiting = new Map<string, Clean>()
      let last: Nameless | undefined
      return {
        add(name, cause) {
          if (name === '') {
            last = { count: (last?.count ?? 0) + 1, cause }
            addNameless(scope, last.count, cause)
            return
          }
          add(scope, name, cause)
          if (named.has(name)) seen.add(name)
          else if (waiting.size < mostLeftOut) waiting.set(name, cause)
        },
        end() {
          for (const [name, left] of named) {
            const isListed = scope === undefined || left.scope === scope || isWithin(name, scope)
            if (isListed && !seen.has(name)) named.delete(name)
          }
          for (const [name, cause] of waiting) add(scope, name, cause)
          if (scope === undefined) nameless.clear()
          nameless.delete(scope)
          if (last !== undefined) nameless.set(scope, last)
        },
      }
    },
    keepOnly(namespaces) {
      for (const [name, { scope }] of named) {
        if (!namespaces.some((namespace) => scope === namespace || isWithin(name, namespace))) named.delete(name)
      }
      for (const scope of nameless.keys()) {
        if (scope === undefined || !namespaces.includes(scope)) nameless.delete(scope)
      }
    },
    get count() {
      return [...nameless.values()].reduce((sum, { count }) => sum + count, named.size)
    },
    get cause() {
      const [first] = named.values()
      const [other] = nameless.values()
      return first?.cause ?? other?.cause ?? clean('')
    },
  }
}
