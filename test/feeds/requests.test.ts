import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/events/event.ts'
import type { Request } from '../../source/events/request.ts'
import { createRequests } from '../../source/feeds/requests.ts'
import { type Question, spend } from '../../source/nodes/connections/ssh/auth/prompts.ts'
import { clean } from '../../source/text/clean.ts'

const passphrase = (again = 0): Question => ({
  kind: 'passphrase',
  keyFile: clean('/home/karin/.ssh/key'),
  heading: clean('Passphrase of the key /home/karin/.ssh/key'),
  again,
})

const login = (...prompts: readonly (readonly [string, boolean])[]): Question => ({
  kind: 'keyboard-interactive',
  host: clean('web'),
  user: clean('karin'),
  heading: clean('karin@web asks:'),
  instructions: clean('Two steps'),
  prompts: prompts.map(([text, echo]) => ({ text: clean(text), echo })),
  again: 0,
})

const door = () => {
  const events: Event[] = []
  const requests = createRequests((batch) => void events.push(...batch))
  const asked = (): readonly Request[] => events.flatMap((event) => (event.type === 'request' ? [event.request] : []))
  return {
    requests,
    events,
    asked,
    gone: () => events.flatMap((event) => (event.type === 'request-gone' ? [event.id] : [])),
    /** Says this to what was asked last. */
    say: async (text: string) => {
      const id = asked().at(-1)?.id ?? ''
      requests.answer(id, text === 'yes' || text === 'no' ? { said: text } : { said: 'text', text })
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    },
  }
}

const always = new AbortController().signal

describe('a question', () => {
  test('for a passphrase names the key, hides what is typed, and says when it was wrong', async () => {
    const { requests, asked, say } = door()
    const first = requests.ask(passphrase(), always)
    expect(asked()[0]).toMatchObject({
      kind: 'passphrase',
      title: 'Passphrase of the key /home/karin/.ssh/key',
      lines: [],
      answer: 'secret',
    })
    await say('correct horse')
    await first
    void requests.ask(passphrase(1), always)
    expect(asked()[1]?.lines).toEqual(['that was not it'])
  })

  test('of a server with several prompts is one after another, each shown as the server wants', async () => {
    const { requests, asked, gone, say } = door()
    const answering = requests.ask(login(['Password:', false], ['Token:', true]), always)
    expect(asked()).toHaveLength(1)
    await say('hidden one')
    expect(asked()).toHaveLength(2)
    await say('123456')
    expect(asked().map(({ lines, answer, title }) => [title, lines, answer])).toEqual([
      ['karin@web asks:', ['Two steps', 'Password:'], 'secret'],
      ['karin@web asks:', ['Two steps', 'Token:'], 'text'],
    ])
    expect(gone()).toEqual(asked().map(({ id }) => id))
    const answer = await answering
    if (answer.kind !== 'answered') throw new Error('it was answered')
    expect(spend(answer.secrets, (texts) => texts)).toEqual(['hidden one', '123456'])
  })

  test('of a server that refused the answer before says so first, and not of each prompt', async () => {
    const { requests, asked, say } = door()
    void requests.ask({ ...login(['Password:', false], ['Token:', true]), again: 1 }, always)
    await say('hidden one')
    expect(asked().map(({ lines }) => lines)).toEqual([
      ['that was not it', 'Two steps', 'Password:'],
      ['Two steps', 'Token:'],
    ])
  })

  test('without a prompt is answered by nobody', async () => {
    const { requests, asked } = door()
    expect(await requests.ask(login(), always)).toEqual({ kind: 'answered', secrets: [] })
    expect(asked()).toEqual([])
  })

  test('that is declined halfway gives nothing at all', async () => {
    const { requests, say } = door()
    const answering = requests.ask(login(['Password:', false], ['Token:', true]), always)
    await say('hidden one')
    await say('no')
    expect(await answering).toEqual({ kind: 'declined', cause: 'not answered' })
  })

  test('that nobody needs any more is taken away, whenever that is', async () => {
    const { requests, asked, gone, say } = door()
    const end = new AbortController()
    const answering = requests.ask(login(['Password:', false], ['Token:', true]), end.signal)
    await say('hidden one')
    end.abort()
    expect(await answering).toEqual({ kind: 'declined', cause: 'no longer asked' })
    expect(gone()).toEqual(asked().map(({ id }) => id))
    expect(await requests.ask(passphrase(), AbortSignal.abort())).toMatchObject({ kind: 'declined' })
    expect(gone()).toHaveLength(asked().length)
  })

  test('is answered once, and an answer to something else is nobody’s', async () => {
    const { requests, asked } = door()
    const one = requests.ask(passphrase(), always)
    const two = requests.ask(passphrase(), always)
    requests.answer('request-99', { said: 'text', text: 'stray' })
    const [first, second] = asked()
    requests.answer(second?.id ?? '', { said: 'text', text: 'second' })
    requests.answer(second?.id ?? '', { said: 'text', text: 'late' })
    requests.answer(first?.id ?? '', { said: 'text', text: 'first' })
    for (const [answering, text] of [[one, 'first'] as const, [two, 'second'] as const]) {
      const answer = await answering
      expect(answer.kind === 'answered' && spend(answer.secrets, ([said]) => said)).toBe(text)
    }
  })
})

describe('host keys', () => {
  const key = (hostName: string, port = 22) => ({
    host: { hostName, port },
    type: 'ssh-ed25519',
    blob: Buffer.from(hostName),
    fingerprint: `SHA256:${hostName}`,
  })

  test('are one decision, with a fingerprint each', async () => {
    const { requests, asked, say } = door()
    const deciding = requests.decide([key('n1'), key('n2', 2022)])
    expect(asked()[0]).toMatchObject({
      kind: 'host-keys',
      answer: 'yes-no',
      title: '2 hosts show keys that are not known: trust all of them?',
      lines: ['n1  ssh-ed25519  SHA256:n1', '[n2]:2022  ssh-ed25519  SHA256:n2'],
    })
    await say('yes')
    expect(await deciding).toBe(true)
  })

  test('are those of hosts as the person wrote them, beside their addresses', () => {
    const { requests, asked } = door()
    void requests.decide([
      { ...key('10.0.0.7'), aliases: [clean('web1'), clean('www')] },
      { ...key('n2'), aliases: [clean('n2')] },
    ])
    expect(asked()[0]?.lines).toEqual([
      'web1, www (10.0.0.7)  ssh-ed25519  SHA256:10.0.0.7',
      'n2  ssh-ed25519  SHA256:n2',
    ])
  })

  test.each(['no', 'some text'])('are not trusted for anything but a yes: %s', async (said) => {
    const { requests, say } = door()
    const deciding = requests.decide([key('n1')])
    await say(said)
    expect(await deciding).toBe(false)
  })
})

test('what is typed is in no event and in no answer that could be printed', async () => {
  const canary = 'canary-4711'
  const { requests, events, say } = door()
  const answers = requests.ask(login(['Password:', false], ['Token:', true]), always)
  await say(canary)
  await say(canary)
  const answer = await answers
  expect(
    JSON.stringify(events) + JSON.stringify(answer) + inspect(answer, { depth: 9, showHidden: true }),
  ).not.toContain(canary)
})
