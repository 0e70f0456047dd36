import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Inquiry, Report } from '../../source/events/inquiry.ts'
import type { FlowsLook } from '../../source/events/looks.ts'
import type { NodeName } from '../../source/events/subject.ts'
import { createInquiries, type Inquiries } from '../../source/nodes/inquiries.ts'
import type { LookKind } from '../../source/nodes/namespaces/look-kind.ts'
import { clean } from '../../source/text/clean.ts'
import { flowsLook } from '../store/flow-arbitraries.ts'
import { type FakeChannel, fakeConnection, markerOf } from './fake-connection.ts'
import { onFake } from './on-fake.ts'

const inquiry: Inquiry = { node: 'worker-1' as NodeName, place: { kind: 'host' }, tab: 'flows' }

/** A look that costs so much that it is taken once. */
const kind: LookKind<FlowsLook> = {
  tab: 'flows',
  every: undefined,
  isCostly: true,
  patience: 60_000,
  limit: 1000,
  cost: 'much',
  runs: [],
  script: 'section said; echo "$consent"',
  read: ({ footing, sections }) =>
    sections.get('said')?.[0] === 'no' ? { cause: clean('it says no') } : { ...flowsLook([]), footing },
}

/** The word that begins a section: the third argument of the script. */
const sectionMark = (channel: FakeChannel): string =>
  /^set -- '[^']*' '[^']*' '([^']*)'/m.exec(channel.program.input ?? '')?.[1] ?? ''

const answer = (channel: FakeChannel, said: string): void => {
  const [marker, section] = [markerOf(channel.program), sectionMark(channel)]
  const text = `${section} footing\n7 root\nthe node itself\n0\n${section} said\n${said}\n${section} end\n0\n`
  channel.send(`${marker} begin\n${text}\n${marker} end 0\n0m0.0s 0m0.0s\n0m0.0s 0m0.0s\n${marker} done\n`)
}

const runs = (channel: FakeChannel): number => channel.written.filter((line) => line === 'k\n').length

describe('a look that is taken once', () => {
  const fake = onFake()
  const { channel, settled } = fake
  let reports: Report[]
  beforeEach(() => {
    reports = []
  })
  const pass = async (seconds: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(seconds * 1000)
    await settled()
  }
  const asked = async (one = inquiry, of = kind): Promise<Inquiries> => {
    const emit = (events: readonly Event[]): void => {
      for (const event of events) if (event.type === 'report') reports.push(event.report)
    }
    const inquiries = fake.ending(createInquiries({ emit, now: () => Date.now(), kindOf: () => of }))
    inquiries.over(fake.connection, clean(''))
    inquiries.ask([one])
    await settled()
    return inquiries
  }
  const states = (): readonly string[] => reports.map(({ state }) => state)

  test('is not taken again by itself', async () => {
    await asked()
    answer(channel(), 'yes')
    await pass(600)
    expect(states()).toEqual(['waiting', 'live'])
    expect(runs(channel())).toBe(1)
  })

  test('is taken again when it is asked for', async () => {
    const all = await asked()
    answer(channel(), 'yes')
    await settled()
    all.again()
    await settled()
    expect(runs(channel())).toBe(2)
  })

  test('that was agreed to is not taken again on the same yes by who left it and came back', async () => {
    const agreed: Inquiry = { ...inquiry, consent: 7 }
    const all = await asked(agreed)
    all.ask([])
    all.ask([agreed])
    await settled()
    expect(fake.channels).toHaveLength(1)
    expect(reports.at(-1)).toMatchObject({
      state: 'refused',
      cause: expect.stringContaining('a yes is good for one look'),
    })
    all.ask([{ ...inquiry, consent: 8 }])
    await settled()
    expect(fake.channels).toHaveLength(2)
  })

  test('because it was agreed to is not taken again by itself, though it is on a timer without the yes', async () => {
    const often: LookKind<FlowsLook> = { ...kind, every: 5 }
    const { isCostly: _, ...timed } = often
    const all = await asked({ ...inquiry, consent: 7 }, timed)
    answer(channel(), 'yes')
    await pass(600)
    expect(runs(channel())).toBe(1)
    all.ask([inquiry])
    await settled()
    answer(channel(1), 'yes')
    await pass(5)
    expect(runs(channel(1))).toBe(2)
  })

  test('is asked for again in vain while it is under way', async () => {
    const all = await asked()
    all.again()
    answer(channel(), 'yes')
    await settled()
    expect(runs(channel())).toBe(1)
  })

  test('is not tried again by itself where it was refused', async () => {
    await asked()
    answer(channel(), 'no')
    await pass(600)
    expect(reports.at(-1)).toEqual({ state: 'refused', cause: 'it says no' })
    expect(runs(channel())).toBe(1)
  })

  test('is not begun again over another connection, whether it was answered or broke off', async () => {
    const all = await asked()
    const other = fakeConnection()
    all.over(undefined, clean('lost'))
    all.over(other.connection, clean(''))
    await pass(60)
    expect(other.channels).toEqual([])
    expect(reports.at(-1)).toEqual({ state: 'refused', cause: 'lost' })
    all.again()
    await settled()
    expect(other.channels).toHaveLength(1)
    all.ask([])
    other.connection.close()
  })

  test('may take longer than others', async () => {
    await asked()
    await pass(30)
    expect(states()).toEqual(['waiting'])
    await pass(40)
    expect(states()).toEqual(['waiting', 'refused'])
    await pass(60)
    expect(fake.channels).toHaveLength(1)
  })

  test.each([
    [undefined, 'consent=\n'],
    [7, 'consent=given\n'],
  ])('is told whether a person consented: %s', async (consent, line) => {
    await asked({ ...inquiry, ...(consent === undefined ? {} : { consent }) })
    expect(channel().program.input).toContain(line)
  })
})
