import { describe, expect, it } from 'vitest'
import { answer, type Fault, line, statusObject } from './support/mock-server.ts'
import { nodeObject, podObject } from './support/objects.ts'
import { type Watched, watched } from './support/watched.ts'

const withPods = (...names: readonly string[]): Promise<Watched> =>
  watched({
    before({ state }) {
      for (const name of names) state.put('pods', podObject(name))
    },
  })

const isLive = async (cluster: Watched): Promise<void> => {
  await expect.poll(() => cluster.state('pods')).toBe('live')
}

const podRequests = (cluster: Watched): readonly string[] =>
  cluster.mock.asked
    .filter(({ resource }) => resource === 'pods')
    .map(({ what, query }) => (query['sendInitialEvents'] === 'true' ? 'first state' : what))

/** Answers requests for pods so, as often as is said. */
const podsAnswer =
  (code: number, times: number, headers: Record<string, string> = {}): Fault =>
  ({ resource }, response) => {
    if (resource !== 'pods' || times <= 0) return false
    times--
    answer(response, code, statusObject(code, `says ${code}`), headers)
    return true
  }

/** Ends the watches while something goes wrong. */
const breakWith = (cluster: Watched, fault: Fault): void => {
  cluster.mock.fault = fault
  cluster.mock.cut()
}

const expired = line('ERROR', statusObject(410, 'too old resource version'))

describe('history that is forgotten', () => {
  it.each(['in the stream', 'as a status'])('is made good by one full state, %s', async (where) => {
    const cluster = await withPods('a', 'b', 'c')
    await isLive(cluster)
    cluster.mock.fault = ({ resource, query }, response) => {
      if (resource !== 'pods' || query['sendInitialEvents'] === 'true') return false
      if (where === 'as a status') answer(response, 410, statusObject(410, 'too old'))
      else answer(response, 200, expired)
      return true
    }
    // Nobody is told of these: the watch is cut, and what it would go on from is forgotten.
    cluster.mock.cut()
    cluster.mock.state.remove('pods', 'b', 'shop')
    cluster.mock.state.put('pods', podObject('c', { ready: false }))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/c'])
    await isLive(cluster)
    expect(podRequests(cluster)).toEqual(['first state', 'watch', 'first state'])
    expect(cluster.told('pod')).toEqual(['put shop/a', 'put shop/b', 'put shop/c', 'put shop/c', 'gone shop/b'])
  })

  it('is asked for again at most as often as allowed, one resource at a time', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    let open = 0
    let most = 0
    const states: number[] = []
    cluster.mock.fault = ({ query, what }, response) => {
      if (what !== 'watch') return false
      if (query['sendInitialEvents'] !== 'true') {
        answer(response, 200, expired)
        return true
      }
      states.push(performance.now())
      open++
      most = Math.max(most, open)
      setTimeout(() => {
        open--
        answer(response, 500, statusObject(500, 'not now'))
      }, 20)
      return true
    }
    cluster.mock.cut()
    await expect.poll(() => states.length).toBeGreaterThan(8)
    expect(most).toBe(1)
  })

  it('is not forgotten while bookmarks come', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    cluster.mock.state.put('nodes', nodeObject('worker-2'))
    cluster.mock.bookmark()
    await expect.poll(() => cluster.ids('nodes')).toEqual(['worker-2'])
    cluster.mock.state.compact()
    cluster.mock.endWatches()
    await expect.poll(() => podRequests(cluster)).toEqual(['first state', 'watch'])
    cluster.mock.state.put('pods', podObject('b'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
    expect(podRequests(cluster)).toEqual(['first state', 'watch'])
  })
})

describe('an API server in trouble', () => {
  it.each([500, 503, 504, 302])('answers %i, and is told of changes again afterwards', async (code) => {
    const cluster = await withPods('a')
    await isLive(cluster)
    breakWith(cluster, podsAnswer(code, 2))
    await expect.poll(() => cluster.state('pods')).toBe('stale')
    expect(cluster.ids('pods')).toEqual(['shop/a'])
    cluster.mock.state.put('pods', podObject('b'))
    await isLive(cluster)
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
    expect(podRequests(cluster)).toEqual(['first state', 'watch', 'watch', 'watch'])
  })

  it('says when to come back, and is left alone until then', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    breakWith(cluster, podsAnswer(429, 1, { 'retry-after': '1' }))
    await expect.poll(() => cluster.status('pods')?.cause).toBe('says 429 (429)')
    const begun = performance.now()
    await isLive(cluster)
    expect(performance.now() - begun).toBeGreaterThan(900)
    expect(podRequests(cluster)).toEqual(['first state', 'watch', 'watch'])
  })

  it('is gone for a while: what is known stays, dated, and is caught up with', async () => {
    const cluster = await withPods('a', 'b')
    await isLive(cluster)
    breakWith(cluster, (_, response) => {
      response.destroy()
      return true
    })
    await expect.poll(() => cluster.state('pods')).toBe('stale')
    await expect.poll(() => cluster.snapshot().sources.api?.state).toBe('stale')
    const { known = Number.NaN, cause } = cluster.status('pods') ?? {}
    expect(known).toBeLessThanOrEqual(performance.now())
    expect(cause).not.toBe('')
    expect(cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
    cluster.mock.state.remove('pods', 'a', 'shop')
    const requests = podRequests(cluster).length
    await expect.poll(() => podRequests(cluster).length).toBeGreaterThan(requests + 3)
    expect(cluster.status('pods')?.known).toBe(known)
    cluster.mock.fault = undefined
    await isLive(cluster)
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/b'])
    expect(podRequests(cluster).filter((what) => what === 'first state')).toHaveLength(1)
  })

  it('is tried at once when somebody wants it', async () => {
    const cluster = await watched({ limits: { backOff: { first: 600_000, most: 600_000 } } })
    await isLive(cluster)
    breakWith(cluster, podsAnswer(500, 1))
    await expect.poll(() => cluster.state('pods')).toBe('stale')
    await expect
      .poll(() => {
        cluster.watch.retry()
        return cluster.state('pods')
      })
      .toBe('live')
  })

  it('ends its watches as it is asked to: nothing is stale, nothing is listed again', async () => {
    const cluster = await watched({ limits: { settled: 0 }, before: ({ state }) => state.put('pods', podObject('a')) })
    await isLive(cluster)
    for (const round of [2, 3, 4]) {
      cluster.mock.endWatches()
      await expect.poll(() => podRequests(cluster).length).toBe(round)
      await expect.poll(() => cluster.mock.watches('pods')).toBe(1)
    }
    const states = cluster.events.flatMap((event) =>
      event.type === 'source' && event.source === 'pods' ? [event.status.state] : [],
    )
    expect(states).toEqual(['starting', 'live'])
  })
})

describe('credentials that are refused in mid-run', () => {
  it('are renewed once, and nobody notices', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    breakWith(cluster, podsAnswer(401, 1))
    await expect.poll(() => podRequests(cluster).length).toBe(3)
    await isLive(cluster)
    expect(cluster.api.refusals()).toBe(1)
    cluster.mock.state.put('pods', podObject('b'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
  })

  it('and refused again leave what is known as it is, and are tried ever more seldom', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    breakWith(cluster, podsAnswer(401, 6))
    await expect
      .poll(() => cluster.status('pods')?.cause)
      .toBe(
        'says 401 (401); user "karin": the server wants to know who asks: the kubeconfig holds no credentials for it',
      )
    expect(cluster.ids('pods')).toEqual(['shop/a'])
    await isLive(cluster)
    expect(cluster.api.refusals()).toBe(6)
  })
})

describe('a watch that brings what it should not', () => {
  it.each(['no JSON at all', '{"type":"ADDED","object":', line('SURPRISE', {}).trim(), '[1,2]'])(
    'is begun again from the last change that was whole: %s',
    async (text) => {
      const cluster = await withPods('a')
      await isLive(cluster)
      cluster.mock.say('pods', `${text}\n${line('ADDED', podObject('made-up'))}`)
      await expect.poll(() => podRequests(cluster)).toEqual(['first state', 'watch'])
      cluster.mock.state.put('pods', podObject('b'))
      await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
    },
  )

  it('is cut within a line: the change comes again', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    cluster.mock.say('pods', '{"type":"ADDED","object":{"metadata":{"name":"b"')
    cluster.mock.cut()
    cluster.mock.state.put('pods', podObject('b'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
  })

  it('gives garbage for ever: there is a full state now and then', async () => {
    const cluster = await withPods('a')
    await isLive(cluster)
    breakWith(cluster, ({ resource, query }, response) => {
      if (resource !== 'pods' || query['sendInitialEvents'] === 'true') return false
      answer(response, 200, 'garbage\n')
      return true
    })
    cluster.mock.state.put('pods', podObject('b'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
  })

  it('tells of something beyond all measure: it is left out, counted, and the rest goes on', async () => {
    const cluster = await watched({ limits: { lineBytes: 20_000, objectBytes: 20_000 } })
    await isLive(cluster)
    cluster.mock.state.put('pods', { ...podObject('huge'), note: 'x'.repeat(50_000) })
    cluster.mock.state.put('pods', podObject('b'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/b'])
  })

  it('is silent for too long: it is begun again without a list, and polled where it stays silent', async () => {
    const cluster = await watched({
      limits: { inactivity: 60 },
      before: ({ state }) => state.put('pods', podObject('a')),
    })
    await expect.poll(() => cluster.state('pods')).toBe('polling')
    expect(podRequests(cluster).filter((what) => what === 'first state')).toHaveLength(1)
    expect(podRequests(cluster).filter((what) => what === 'watch').length).toBeGreaterThanOrEqual(2)
    expect(cluster.status('pods')?.cause).toContain('silent')
    cluster.mock.state.put('pods', podObject('b'))
    await expect.poll(() => cluster.ids('pods')).toEqual(['shop/a', 'shop/b'])
  })
})

describe('objects that cannot be what they say', () => {
  it('are left out and counted, and what is odd in others is left out of them', async () => {
    const cluster = await watched({
      before({ state }) {
        state.put('nodes', nodeObject('x;touch /tmp/x'))
        state.put('nodes', nodeObject('\u001b[2Jworker'))
        const node = nodeObject('worker-3', '-oProxyCommand=touch')
        state.put('nodes', {
          ...node,
          status: {
            addresses: [
              { type: 'InternalIP', address: '-oProxyCommand=touch' },
              { type: 'InternalIP', address: '10.0.0.9' },
              { type: 'Hostname', address: 'x;\u001b]52;c;x\u0007' },
              { type: 'InternalDNS', address: 'elsewhere' },
            ],
            nodeInfo: { kernelVersion: '6.1\u001b[2J', bootID: 'a\u0007b', machineID: 7 },
          },
        })
      },
    })
    await expect.poll(() => cluster.ids('nodes')).toEqual(['worker-3'])
    const record = [...cluster.snapshot().records.nodes.values()][0]
    expect(record?.addresses).toEqual([{ type: 'InternalIP', text: '10.0.0.9' }])
    expect(record?.kernel).toBe('6.1\ufffd[2J')
    expect(record?.bootId).toBe('a\ufffdb')
    expect(record?.machineId).toBe('')
    await expect.poll(() => cluster.status('nodes')).toMatchObject({ leftOut: 2, state: 'live' })
    expect(cluster.status('nodes')?.leftOutCause).toContain('no DNS-1123 name')
  })

  it('are counted once, however often they are listed, and no longer when they are gone', async () => {
    const cluster = await watched({
      before(mock) {
        mock.may = ({ verb }) => verb !== 'watch'
        mock.state.put('nodes', nodeObject('x;touch /tmp/x'))
        mock.state.put('nodes', { ...nodeObject('huge'), note: 'x'.repeat(50_000) })
      },
      limits: { objectBytes: 20_000 },
    })
    const lists = (): number =>
      cluster.mock.asked.filter(({ resource, what }) => resource === 'nodes' && what === 'list').length
    await expect.poll(lists).toBeGreaterThan(3)
    expect(cluster.status('nodes')).toMatchObject({ leftOut: 2, state: 'polling' })
    cluster.mock.state.remove('nodes', 'x;touch /tmp/x')
    await expect.poll(() => cluster.status('nodes')?.leftOut).toBe(1)
    expect(cluster.status('nodes')?.leftOutCause).toMatch(/^an object of more than /)
    cluster.mock.state.remove('nodes', 'huge')
    await expect.poll(() => cluster.status('nodes')).toMatchObject({ leftOut: 0, leftOutCause: '' })
  })
})
