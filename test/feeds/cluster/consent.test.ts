import { describe, expect, test, vi } from 'vitest'
import {
  type ConsentOptions,
  createConsent,
  linesOf,
  questionOf,
  type Standing,
} from '../../../source/feeds/cluster/consent.ts'
import { clean } from '../../../source/text/clean.ts'

const asked = (more: Partial<ConsentOptions> = {}) => {
  const answers: PromiseWithResolvers<'yes' | 'no' | 'always'>[] = []
  const standings: Standing[] = []
  const remember = vi.fn<() => void>()
  const consent = createConsent({
    setting: 'ask',
    door: 'person',
    remembered: false,
    ask: () => {
      const answer = Promise.withResolvers<'yes' | 'no' | 'always'>()
      answers.push(answer)
      return answer.promise
    },
    remember,
    changed: (standing) => void standings.push(standing),
    ...more,
  })
  return { consent, answers, standings, remember }
}

describe('before the nodes of a cluster are logged in to', () => {
  test('a person is asked, once, when there are nodes', async () => {
    const { consent, answers, standings, remember } = asked()
    expect(consent.standing()).toMatchObject({ allowed: false, why: expect.stringContaining('press !') })
    expect(answers).toHaveLength(0)
    consent.wanted()
    consent.wanted()
    expect(answers).toHaveLength(1)
    answers[0]?.resolve('yes')
    await vi.waitFor(() => expect(standings).toEqual([{ allowed: true }]))
    expect(remember).not.toHaveBeenCalled()
  })

  test('always is remembered', async () => {
    const { consent, answers, remember } = asked()
    consent.wanted()
    answers[0]?.resolve('always')
    await vi.waitFor(() => expect(remember).toHaveBeenCalledOnce())
    expect(consent.standing()).toEqual({ allowed: true })
  })

  test('no is kept until the person wants everything tried again', async () => {
    const { consent, answers } = asked()
    consent.wanted()
    answers[0]?.resolve('no')
    await vi.waitFor(() => expect(consent.standing()).toMatchObject({ why: expect.stringContaining('you said no') }))
    consent.wanted()
    expect(answers).toHaveLength(1)
    consent.again()
    expect(answers).toHaveLength(2)
    answers[1]?.resolve('yes')
    await vi.waitFor(() => expect(consent.standing()).toEqual({ allowed: true }))
  })

  test.each([
    ['a setting that says yes', { setting: 'yes', door: 'headless' }, true],
    ['an earlier always', { remembered: true, door: 'headless' }, true],
    ['a setting that says no, whatever was said earlier', { setting: 'no', remembered: true }, false],
    ['nobody to ask', { door: 'headless' }, false],
  ] as const)('nobody is asked with %s', (_, more, allowed) => {
    const { consent, answers } = asked(more)
    consent.wanted()
    consent.again()
    expect(answers).toHaveLength(0)
    expect(consent.standing().allowed).toBe(allowed)
  })
})

describe('the question', () => {
  test('says how many nodes, of what, as whom, and some of the ways', () => {
    expect(questionOf('prod-oslo', 12, 'karin')).toBe('SSH to 12 nodes of prod-oslo as karin?')
    expect(questionOf('prod-oslo', 1, 'karin')).toBe('SSH to 1 node of prod-oslo as karin?')
    expect(linesOf([clean('karin@w1:22'), clean('karin@w2:22 via b')], 12).slice(-3)).toEqual([
      'karin@w1:22',
      'karin@w2:22 via b',
      'and 10 more',
    ])
  })
})
