import type { ListCost } from './cluster/cost.ts'
import { withProgram } from './cluster/program.ts'
import { rowsOf, watchAsInformer, watchAsKntop } from './cluster/watched.ts'
import type { Measured } from './measured.ts'

/** The same pods watched by client-node's own informer, which only lists. */
const measureInformer = (count: number): Promise<ListCost> =>
  withProgram({ name: 'server.ts', words: [String(count), 'list'] }, async (server) =>
    watchAsInformer(`http://127.0.0.1:${await server.line()}`),
  )

const measure = (count: number, way: 'watch' | 'list', informer: ListCost): Promise<readonly Measured[]> =>
  withProgram({ name: 'server.ts', words: [String(count), way] }, async (server) => {
    const cost = await watchAsKntop(`http://127.0.0.1:${await server.line()}`, count, () => server.say('change'))
    return rowsOf(`${count} pods by ${way}`, count, cost, informer)
  })

const counts = [10_000, 50_000] as const

/** What watching many pods takes, from a server on loopback; see docs/performance.md. */
export const benchCluster = async (): Promise<readonly Measured[]> => {
  const rows: Measured[] = []
  for (const count of counts) {
    const informer = await measureInformer(count)
    for (const way of ['watch', 'list'] as const) rows.push(...(await measure(count, way, informer)))
  }
  return rows
}
