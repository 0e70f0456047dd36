import fc from 'fast-check'
import { describe, it } from 'vitest'
import { createHttpApi, type HttpApi } from './support/http-api.ts'
import { answer, type MockServer, startMock, statusObject } from './support/mock-server.ts'
import { serviceObject } from './support/objects.ts'
import { fast } from './support/watched.ts'
import { steps, type World, watchWorld } from './support/world.ts'

const troubles = [500, 410, 429, 401]

/** The mock as a world; `lists`: it gives no first state through a watch. */
const worldOf = (mock: MockServer, api: HttpApi, lists: boolean): World => {
  mock.firstStates = lists ? 'refused' : 'given'
  let turn = 0
  return {
    api,
    async put(name) {
      mock.state.put('services', serviceObject(name, `10.96.0.${turn++ % 250}`))
    },
    async remove(name) {
      mock.state.remove('services', name, 'shop')
    },
    async compact() {
      mock.state.compact()
    },
    async disconnect() {
      mock.say('services', '{"type":"ADDED","object":{"metadata":{"na')
      mock.cut()
    },
    async trouble() {
      const code = troubles[turn++ % troubles.length] ?? 500
      let times = 2
      mock.fault = ({ what }, response) => {
        if ((what !== 'list' && what !== 'watch') || times-- <= 0) return false
        answer(response, code, statusObject(code, 'trouble'), code === 429 ? { 'retry-after': '0' } : {})
        return true
      }
      mock.endWatches()
    },
    async list() {
      const services = mock.state.objects('services')
      return new Map(
        services.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.resourceVersion ?? '']),
      )
    },
  }
}

describe('whatever is done to the API server', () => {
  it.each([false, true])(
    'what is known becomes what a fresh list holds (lists only: %s)',
    { timeout: 120_000 },
    async (lists) => {
      await fc.assert(
        fc.asyncProperty(steps, async (done) => {
          const mock = await startMock()
          const api = createHttpApi(mock.origin)
          try {
            await watchWorld(worldOf(mock, api, lists), done, { ...fast, relist: 20, backOff: { first: 2, most: 20 } })
          } finally {
            api.close()
            await mock.close()
          }
        }),
        { numRuns: 25 },
      )
    },
  )
})
