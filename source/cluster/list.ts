import type { RecordKind } from '../events/records.ts'
import { clean } from '../text/clean.ts'
import { type Exchange, exchange } from './exchange.ts'
import type { Failure } from './failure.ts'
import { createItems, NotAList } from './json/items.ts'
import { objectText } from './json/object-text.ts'
import { pathOf, type Resource } from './resource.ts'
import type { Shared } from './shared.ts'
import { fieldsOf, textOf } from './slim/fields.ts'
import { metadataOf, type Pass, type View } from './view.ts'

/** What is listed: a resource everywhere, or in one namespace. */
export interface Scope {
  readonly resource: Resource<RecordKind>
  readonly namespace: string | undefined
  readonly view: View
}

/** A list that was read whole, as of a `resourceVersion`. */
export interface Listed {
  readonly kind: 'listed'
  readonly version: string
}

/** One answer of a list. */
interface Page extends Listed {
  readonly next: string
}

/**
 * Lists a scope in one piece, out of the server's memory: a list without a version is a read of the quorum of the etcd that
 * may suffer. The body has no limit; its objects are decoded as they come and never held together.
 */
export const listWhole = (
  shared: Shared,
  scope: Scope,
  atLeast: string,
  signal: AbortSignal,
): Promise<Listed | Failure> => {
  const query = { resourceVersion: atLeast, resourceVersionMatch: 'NotOlderThan' }
  return passing(scope, (pass) => readPage(shared, scope, query, Number.POSITIVE_INFINITY, pass, signal))
}

/** Lists a scope in pages, for servers and proxies between that let no large answer pass. */
export const listInPages = (shared: Shared, scope: Scope, signal: AbortSignal): Promise<Listed | Failure> =>
  passing(scope, async (pass) => {
    const { pageSize, pageBytes } = shared.limits
    let version = ''
    let next = ''
    do {
      const query = { limit: String(pageSize), ...(next === '' ? {} : { continue: next }) }
      const page = await readPage(shared, scope, query, pageBytes, pass, signal)
      if (page.kind !== 'listed') return page
      version = page.version
      next = page.next
    } while (next !== '')
    return { kind: 'listed', version }
  })

const passing = async (
  { view, namespace }: Scope,
  read: (pass: Pass) => Promise<Listed | Failure>,
): Promise<Listed | Failure> => {
  const pass = view.pass(namespace)
  const outcome = await read(pass)
  if (outcome.kind === 'listed') pass.end()
  view.flush()
  return outcome
}

const readPage = (
  shared: Shared,
  { resource, namespace, view }: Scope,
  query: Readonly<Record<string, string>>,
  limit: number,
  pass: Pass,
  signal: AbortSignal,
): Promise<Page | Failure> => {
  const { limits } = shared
  const request = { path: pathOf(resource, namespace), query, accept: 'application/json' }
  return exchange(shared, request, signal, limits, async ({ body }: Exchange): Promise<Page | Failure> => {
    const items = createItems(limits.objectBytes)
    let size = 0
    try {
      for await (const chunk of body) {
        size += chunk.length
        if (size > limit) return { kind: 'answered', cause: clean(`a page of more than ${limit >> 20} MB`) }
        for (const item of items.push(chunk)) {
          takeItem(item, pass, limits.objectBytes)
          if (!shared.pace.isSpent()) continue
          view.flush()
          await shared.pace.turn()
        }
      }
      const metadata = metadataOf(JSON.parse(items.end()))
      const version = textOf(metadata['resourceVersion'])
      // Whatever else it is: that it holds nothing must not make everything gone.
      if (version === '') throw new NotAList('it has no resourceVersion')
      return { kind: 'listed', version, next: textOf(metadata['continue']) }
    } catch (error) {
      if (error instanceof NotAList || error instanceof SyntaxError)
        return { kind: 'garbage', cause: clean(`no list of ${resource.name}: ${error.message}`, 300) }
      throw error
    }
  })
}

const takeItem = (item: Uint8Array | undefined, pass: Pass, limit: number): void => {
  if (item === undefined) pass.leaveOut(clean(`an object of more than ${limit >> 20} MB`))
  else pass.put(fieldsOf(JSON.parse(objectText(item))))
}
