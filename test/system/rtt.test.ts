import { describe, expect, test, vi } from 'vitest'
import { byHand, converse, sockets } from './support/conversation.ts'
import { requireKernel } from './support/kernel.ts'
import { alone, makePair, unprivileged } from './support/namespace.ts'
import { nstat } from './support/nstat.ts'
import { beside, note } from './support/oracle.ts'
import { type Watched, watch } from './support/watch.ts'

/** Two namespaces in conversation, the near one watched as a node without pods. `as`: what kntop runs under there. */
const conversation = async (as = alone) => {
  const pair = await makePair()
  const tell = await converse(pair)
  return { ...pair, tell, watched: await watch({ enter: [...pair.near.enter, ...as] }) }
}

const shown = async (watched: Watched) => {
  await watched.sampleNow()
  const node = watched.node()
  return {
    count: node.value('rtt.sockets'),
    median: Number(node.value('rtt.p50').toFixed(6)),
    least: node.value('rtt.min'),
  }
}

/** Talks, falls silent, so that nothing moves, and holds kntop beside ss; gives back what both said. */
const besideSockets = async (
  { near, tell, watched }: Awaited<ReturnType<typeof conversation>>,
  talk: string,
  what: string,
) => {
  await tell(talk)
  const { oracle, ours } = await beside(
    () => byHand(near),
    () => shown(watched),
  )
  expect(ours).toEqual(oracle)
  note(`rtt.p50 of ${oracle.count} sockets, ${what}`, ours.median, oracle.median, ' ms')
  return oracle
}

describe('round-trip times', () => {
  test.for([1, 2, 7])('the median of %i sockets is what ss shows', async (count, context) => {
    await requireKernel(context, 'veth cables')
    const talking = await conversation()
    await talking.tell(`open ${count}`)
    const { median, count: seen } = await besideSockets(talking, 'ping 50', 'a quiet cable')
    expect([seen, median > 0]).toEqual([count, true])
  })

  test('are those of the host, told by ss, for a user who is not root', async (context) => {
    await requireKernel(context, 'veth cables')
    const talking = await conversation(unprivileged)
    await talking.tell('open 3')
    await besideSockets(talking, 'ping 50', 'by ss')
    expect(talking.watched.reading('rtt.p50')).toMatchObject({ tier: 'ss', scope: 'host' })
  })

  test('a queue on the cable shows', async (context) => {
    await requireKernel(context, 'veth cables', 'the tbf queue')
    const talking = await conversation()
    await talking.tell('open 3')
    const quiet = await besideSockets(talking, 'ping 50', 'before the queue')
    await talking.near.run([
      'tc',
      ...'qdisc add dev eth0 root tbf rate 2mbit burst 5kb latency 400ms'.split(' '),
    ] as never)
    const queued = await besideSockets(talking, 'bulk 60000', 'behind a queue')
    expect(queued.median).toBeGreaterThan(5 * quiet.median)
    expect(queued.least).toBeLessThan(queued.median)
  })

  test('a socket that only receives is left out: it does not know of the queue', async (context) => {
    await requireKernel(context, 'veth cables', 'the tbf queue')
    const talking = await conversation()
    await talking.tell('open 2')
    await talking.tell('receive')
    await talking.far.run([
      'tc',
      ...'qdisc add dev eth0 root tbf rate 2mbit burst 5kb latency 400ms'.split(' '),
    ] as never)
    await vi.waitFor(async () => expect((await sockets(talking.near)).every(({ sent }) => sent > 5000)).toBe(true), {
      timeout: 30_000,
      interval: 100,
    })
    // The queue fills and drains as the sender pleases: the sockets that talk are asked until they have met it.
    await vi.waitFor(
      async () => {
        const heard = await besideSockets(talking, 'ping 10', 'beside one that only receives')
        const all = (await sockets(talking.near)).map(({ rtt }) => rtt)
        expect([all.length, heard.count]).toEqual([3, 2])
        expect(heard.median).toBeGreaterThan(5 * Math.min(...all))
      },
      { timeout: 90_000, interval: 100 },
    )
  })
})

describe('segments sent again', () => {
  test('their share is that of nstat', async (context) => {
    await requireKernel(context, 'veth cables', 'iptables statistic match')
    const { near, far, tell, watched } = await conversation()
    await tell('open 10')
    const loss = '-A INPUT -p tcp -m statistic --mode random --probability 0.1 -j DROP'
    await far.run(['iptables', ...loss.split(' ')])
    await tell('ping 30')
    const { oracle, ours } = await beside(
      () => nstat(near, 'TcpOutSegs', 'TcpRetransSegs'),
      async () => {
        await watched.nextFrame()
        return watched.reading('tcp.retransmit_share')
      },
    )
    const [sent = 0, again = 0] = oracle
    expect(again).toBeGreaterThan(0)
    expect(ours).toMatchObject({ kind: 'live', observations: sent + again })
    const share = watched.node().value('tcp.retransmit_share')
    const expected = (100 * again) / (sent + again)
    note(`tcp.retransmit_share of ${sent + again} segments`, share, expected, ' %')
    expect(share).toBeCloseTo(expected, 9)
  })
})
