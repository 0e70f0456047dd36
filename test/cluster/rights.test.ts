import { describe, expect, it } from 'vitest'
import { podObject, serviceObject } from './support/objects.ts'
import { watched } from './support/watched.ts'

describe('rights that are missing', () => {
  it('are said at the start, with the rule and what it costs; nothing is asked for in vain', async () => {
    const cluster = await watched({ before: (mock) => (mock.may = ({ resource }) => resource !== 'nodes') })
    await expect.poll(() => cluster.state('nodes')).toBe('denied')
    expect(cluster.status('nodes')).toMatchObject({
      cause: 'a right is missing: list, watch nodes',
      lacking: [{ rule: 'list, watch nodes', feeds: 'which nodes there are, their addresses and conditions' }],
    })
    await expect.poll(() => cluster.state('pods')).toBe('live')
    expect(cluster.mock.asked.filter(({ resource }) => resource === 'nodes')).toEqual([])
  })

  it('name the group of a resource, and the rights of others', async () => {
    const cluster = await watched({
      before: (mock) => (mock.may = ({ resource }) => resource !== 'endpointslices' && resource !== 'pods'),
    })
    await expect.poll(() => cluster.state('endpointslices')).toBe('denied')
    expect(cluster.status('endpointslices')?.lacking[0]?.rule).toBe('list, watch endpointslices.discovery.k8s.io')
    await expect
      .poll(() => cluster.status('pods/proxy')?.lacking[0]?.rule)
      .toBe('get pods/proxy in namespace kube-system')
  })

  it('are those that are missing, and no others of the same resource', async () => {
    const cluster = await watched({
      namespaces: ['shop'],
      before(mock) {
        mock.may = ({ resource, verb, namespace }) =>
          resource !== 'pods' || (verb === 'watch' && namespace === undefined)
      },
    })
    await expect.poll(() => cluster.state('pods')).toBe('denied')
    expect(cluster.status('pods')).toMatchObject({
      cause: 'a right is missing: list pods',
      lacking: [{ rule: 'list pods' }, { rule: 'list, watch pods in namespace shop' }],
    })
  })

  it('come: it is noticed without a restart', async () => {
    const cluster = await watched({ before: (mock) => (mock.may = ({ resource }) => resource !== 'pods') })
    await expect.poll(() => cluster.state('pods')).toBe('denied')
    cluster.mock.state.put('pods', podObject('a'))
    cluster.mock.may = () => true
    await expect.poll(() => cluster.state('pods')).toBe('live')
    expect(cluster.ids('pods')).toEqual(['shop/a'])
  })

  it('go in mid-run: what was known stays, dated, and comes back with them', async () => {
    const cluster = await watched({ before: ({ state }) => state.put('pods', podObject('a')) })
    await expect.poll(() => cluster.state('pods')).toBe('live')
    cluster.mock.may = ({ resource }) => resource !== 'pods'
    cluster.mock.endWatches()
    await expect.poll(() => cluster.state('pods')).toBe('denied')
    expect(cluster.status('pods')?.known).toBeLessThanOrEqual(performance.now())
    expect(cluster.status('pods')?.lacking).toHaveLength(1)
    expect(cluster.ids('pods')).toEqual(['shop/a'])
    cluster.mock.may = () => true
    await expect.poll(() => cluster.state('pods')).toBe('live')
    expect(cluster.told('pod')).toEqual(['put shop/a'])
  })

  it('that the server promised and does not grant are believed to be missing for a while', async () => {
    const cluster = await watched({
      before(mock) {
        mock.fault = ({ resource, what }, response) => {
          if (resource !== 'services' || (what !== 'list' && what !== 'watch')) return false
          response.writeHead(403).end('{"message":"services is forbidden"}')
          return true
        }
      },
    })
    await expect.poll(() => cluster.state('services')).toBe('denied')
    expect(cluster.mock.asked.filter(({ resource }) => resource === 'services').length).toBeLessThan(5)
    cluster.mock.state.put('services', serviceObject('web'))
    cluster.mock.fault = undefined
    await expect.poll(() => cluster.ids('services')).toEqual(['shop/web'])
  })
})

describe('rights that a server does not grant yet', () => {
  it('since it has just started, are tried again soon', async () => {
    let times = 0
    const cluster = await watched({
      limits: { denied: 600_000, refused: 50 },
      before(mock) {
        mock.fault = ({ resource, what }, response) => {
          if (resource !== 'services' || (what !== 'list' && what !== 'watch') || times >= 2) return false
          times++
          response.writeHead(403).end('{"message":"services is forbidden"}')
          return true
        }
        mock.state.put('services', serviceObject('web'))
      },
    })
    await expect.poll(() => cluster.state('services')).toBe('denied')
    await expect.poll(() => cluster.state('services')).toBe('live')
    expect(cluster.ids('services')).toEqual(['shop/web'])
  })

  it('because nobody may speak for somebody else, are called what they are', async () => {
    const cluster = await watched({
      before(mock) {
        mock.fault = ({ resource, what }, response) => {
          if (resource !== 'services' || (what !== 'list' && what !== 'watch')) return false
          response
            .writeHead(403)
            .end('{"message":"users \\"bob\\" is forbidden: User \\"me\\" cannot impersonate resource"}')
          return true
        }
      },
    })
    await expect.poll(() => cluster.state('services')).toBe('denied')
    expect(cluster.status('services')?.lacking.map(({ rule }) => rule)).toEqual([
      'impersonate users, for --as or the as of the kubeconfig',
    ])
  })

  it('and of which it says so, are asked for again soon', async () => {
    const cluster = await watched({
      limits: { denied: 600_000, refused: 50 },
      before(mock) {
        mock.may = ({ resource, verb }) => resource !== 'services' || verb === 'list'
        mock.state.put('services', serviceObject('web'))
      },
    })
    await expect.poll(() => cluster.state('services')).toBe('polling')
    cluster.mock.may = ({ resource }) => resource !== 'services'
    await expect.poll(() => cluster.state('services')).toBe('denied')
    cluster.mock.may = () => true
    await expect.poll(() => cluster.state('services'), { timeout: 5000 }).toBe('live')
  })

  it('are tried less and less often', async () => {
    let times = 0
    const cluster = await watched({
      limits: { denied: 600_000, refused: 20 },
      before(mock) {
        mock.fault = ({ resource, what }, response) => {
          if (resource !== 'services' || (what !== 'list' && what !== 'watch')) return false
          times++
          response.writeHead(403).end('{"message":"services is forbidden"}')
          return true
        }
      },
    })
    const wait = (): number => (cluster.status('services')?.until ?? 0) - performance.now()
    await expect.poll(wait).toBeGreaterThan(500)
    // To watch and to list, in six rounds: after 20 ms, 40, 80 and so on.
    expect(times).toBeLessThanOrEqual(2 * 7)
  })
})

describe('a resource that may be listed and not watched', () => {
  it('is polled, says so, and notices what comes, changes and goes', async () => {
    const cluster = await watched({
      before(mock) {
        mock.may = ({ resource, verb }) => resource !== 'pods' || verb === 'list'
        mock.state.put('pods', podObject('a'))
        mock.state.put('pods', podObject('b'))
      },
    })
    await expect.poll(() => cluster.state('pods')).toBe('polling')
    expect(cluster.status('pods')?.lacking).toEqual([
      { rule: 'watch pods', feeds: 'which pods run on a node, and whose an address is' },
    ])
    cluster.mock.state.remove('pods', 'a', 'shop')
    cluster.mock.state.put('pods', podObject('c'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/b', 'shop/c'])
    expect(cluster.told('pod')).toEqual(['put shop/a', 'put shop/b', 'put shop/c', 'gone shop/a'])
    cluster.mock.may = () => true
    await expect.poll(() => cluster.state('pods')).toBe('live')
  })
})

describe('a resource that may be read in some namespaces only', () => {
  it('is read there, and says which they are', async () => {
    const cluster = await watched({
      namespaces: ['shop', 'bank', 'vault'],
      before(mock) {
        mock.may = ({ resource, namespace, verb }) =>
          resource !== 'pods' || namespace === 'shop' || (namespace === 'bank' && verb === 'list')
        for (const namespace of ['shop', 'bank', 'vault']) mock.state.put('pods', podObject('a', { namespace }))
      },
    })
    await expect.poll(() => cluster.ids('pods')).toEqual(['bank/a', 'shop/a'])
    await expect.poll(() => cluster.state('pods')).toBe('polling')
    expect(cluster.status('pods')).toMatchObject({
      namespaces: ['shop', 'bank'],
      lacking: [
        { rule: 'list, watch pods' },
        { rule: 'watch pods in namespace bank' },
        { rule: 'list, watch pods in namespace vault' },
      ],
    })
    cluster.mock.state.remove('pods', 'a', 'shop')
    await expect.poll(() => cluster.ids('pods')).toEqual(['bank/a'])
    cluster.mock.may = () => true
    await expect.poll(() => cluster.ids('pods')).toEqual(['bank/a', 'vault/a'])
    await expect.poll(() => cluster.status('pods')).toMatchObject({ state: 'live', lacking: [] })
    expect(cluster.status('pods')?.namespaces).toBeUndefined()
  })

  it('shows nothing of those that may not be read any more', async () => {
    const cluster = await watched({
      namespaces: ['shop'],
      before(mock) {
        for (const namespace of ['shop', 'bank']) mock.state.put('pods', podObject('a', { namespace }))
      },
    })
    await expect.poll(() => cluster.ids('pods')).toEqual(['bank/a', 'shop/a'])
    cluster.mock.may = ({ resource, namespace }) => resource !== 'pods' || namespace === 'shop'
    cluster.mock.endWatches()
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a'])
    await expect.poll(() => cluster.state('pods')).toBe('live')
    expect(cluster.status('pods')?.namespaces).toEqual(['shop'])
  })
})

describe('a resource that the server does not have', () => {
  it('is called absent, and found when it comes', async () => {
    const cluster = await watched({
      before(mock) {
        mock.fault = ({ resource, what }, response) => {
          if (resource !== 'endpointslices' || (what !== 'list' && what !== 'watch')) return false
          response.writeHead(404).end('404 page not found')
          return true
        }
      },
    })
    await expect.poll(() => cluster.state('endpointslices')).toBe('absent')
    expect(cluster.status('endpointslices')?.cause).toBe('the API server answers 404')
    cluster.mock.fault = undefined
    await expect.poll(() => cluster.state('endpointslices')).toBe('live')
  })
})
