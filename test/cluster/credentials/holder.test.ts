import { describe, expect, it } from 'vitest'
import type { ExecCredential } from '../../../source/cluster/credentials/exec-answer.ts'
import { createHolder } from '../../../source/cluster/credentials/holder.ts'

const minute = 60_000
const refusal = new Error('refused')

const held = (lives: (count: number) => Omit<ExecCredential, 'token'> | Error = () => ({})) => {
  const time = { now: 0, wall: 1_000_000 }
  let runs = 0
  const holder = createHolder(
    async () => {
      runs++
      const life = lives(runs)
      if (life instanceof Error) throw life
      return { token: `t${runs}`, ...life }
    },
    { now: () => time.now, wall: () => time.wall },
  )
  const token = async (): Promise<string | undefined> => (await holder.current()).token
  const pass = (milliseconds: number): void => {
    time.now += milliseconds
    time.wall += milliseconds
  }
  return { holder, token, pass, time, runs: () => runs }
}

describe('a held credential', () => {
  it('is fetched once for all who wait, and then kept', async () => {
    const { token, runs, pass } = held()
    expect(await Promise.all(Array.from({ length: 20 }, token))).toEqual(Array.from({ length: 20 }, () => 't1'))
    pass(1000 * minute)
    expect(await token()).toBe('t1')
    expect(runs()).toBe(1)
  })

  it('is renewed a minute before it ends, without anybody waiting', async () => {
    const { token, runs, pass } = held(() => ({ expires: 1_000_000 + 10 * minute }))
    await token()
    pass(9 * minute - 1)
    expect(await token()).toBe('t1')
    expect(runs()).toBe(1)
    pass(1)
    expect(await token()).toBe('t1')
    await expect.poll(token).toBe('t2')
  })

  it('that lives for a minute only is renewed at half of it, not at each request', async () => {
    const time = { wall: 1_000_000 }
    const { token, runs, pass } = held((count) => ({ expires: time.wall + count * minute }))
    await token()
    pass(29_999)
    await token()
    expect(runs()).toBe(1)
    pass(1)
    await token()
    expect(runs()).toBe(2)
  })

  it('ends by the wall clock too, which goes on while a laptop sleeps', async () => {
    const { token, time } = held(() => ({ expires: time.wall + 10 * minute }))
    expect(await token()).toBe('t1')
    time.wall += 11 * minute
    expect(await token()).toBe('t2')
  })

  it('is still given when renewing fails, until it has ended', async () => {
    const gone = new Error('no network')
    const { token, pass, runs } = held((count) => (count === 1 ? { expires: 1_000_000 + 10 * minute } : gone))
    await token()
    pass(9.5 * minute)
    expect(await token()).toBe('t1')
    await expect.poll(runs).toBe(2)
    expect(await token()).toBe('t1')
    pass(0.5 * minute)
    await expect(token()).rejects.toBe(gone)
  })

  it('that was refused is fetched anew, once, however many tell of it', async () => {
    const { holder, token, runs } = held()
    const first = await holder.current()
    holder.accepted(first)
    holder.refused(first, refusal)
    holder.refused(first, refusal)
    expect(await token()).toBe('t2')
    holder.refused(first, refusal)
    expect(await token()).toBe('t2')
    expect(runs()).toBe(2)
  })

  it('is not fetched as fast as requests come when each is refused, or none can be had', async () => {
    const { holder, token, pass, runs } = held()
    holder.refused(await holder.current(), refusal)
    await expect(token()).rejects.toBe(refusal)
    pass(10_000)
    holder.refused(await holder.current(), refusal)
    pass(19_999)
    await expect(token()).rejects.toBe(refusal)
    pass(1)
    expect(await token()).toBe('t3')
    expect(runs()).toBe(3)

    const failing = held(() => new Error('away'))
    const starts: number[] = []
    for (let second = 0; starts.length < 8; second++) {
      await failing.token().catch(() => undefined)
      if (failing.runs() > starts.length) starts.push(second)
      failing.pass(1000)
    }
    const waits = starts.map((start, index) => start - (starts[index - 1] ?? 0))
    expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300])
  })
})
