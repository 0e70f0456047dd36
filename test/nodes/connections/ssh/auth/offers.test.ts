import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WhyLeftOut } from '../../../../../source/nodes/connections/ssh/auth/accepted-keys.ts'
import type { AgentState } from '../../../../../source/nodes/connections/ssh/auth/agent.ts'
import type { KeyFile } from '../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import {
  fingerprintOfOffer,
  mostOffers,
  type OfferInput,
  type Plan,
  planOffers,
} from '../../../../../source/nodes/connections/ssh/auth/offers.ts'
import { clean } from '../../../../../source/text/clean.ts'
import { fakeAgent, fakeKey, locked, usable } from './support/fake-keys.ts'

const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => fakeKey(name))
if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) throw new Error('keys')

const silent: AgentState = { state: 'silent', cause: clean('agent does not answer: nobody listens') }

const planned = (input: Partial<OfferInput>): Plan =>
  planOffers({ agent: { state: 'none' }, files: [], identitiesOnly: false, door: 'headless', ...input })

const login = (input: Partial<OfferInput>): Extract<Plan, { kind: 'login' }> => {
  const plan = planned(input)
  if (plan.kind !== 'login') throw new Error(`held: ${plan.cause}`)
  return plan
}

const names = (input: Partial<OfferInput>): readonly string[] =>
  login(input).offers.map(({ from, name }) => `${from} ${name}`)

describe('the order of what is offered', () => {
  test('agent keys that a file names, other agent keys, files that the agent does not hold', () => {
    expect(names({ agent: fakeAgent(a, b, c), files: [usable(d), usable(c)] })).toEqual([
      'agent c',
      'agent a',
      'agent b',
      'file d',
    ])
  })

  test('IdentitiesOnly leaves out what no file names', () => {
    const files: readonly KeyFile[] = [usable(d), { state: 'public-only', path: '/c.pub', publicKey: c }]
    expect(names({ agent: fakeAgent(a, b, c), files, identitiesOnly: true })).toEqual(['agent c', 'file d'])
  })

  test('the key that worked first, and those that were refused last, in the order of their refusals', () => {
    const files = [usable(d)]
    expect(names({ agent: fakeAgent(a, b, c), files, worked: d.fingerprint })).toEqual([
      'file d',
      'agent a',
      'agent b',
      'agent c',
    ])
    const refused = new Set([b.fingerprint, a.fingerprint])
    expect(names({ agent: fakeAgent(a, b, c), files, refused })).toEqual(['agent c', 'file d', 'agent b', 'agent a'])
  })

  test('a key that nobody signed with is not offered again', () => {
    const unwilling = new Map([[a.fingerprint, clean('agent refuses')]])
    expect(names({ agent: fakeAgent(a, b), files: [usable(a)], unwilling })).toEqual(['agent b'])
  })

  test('an encrypted key that the agent holds needs no passphrase; one that it does not hold needs a person', () => {
    expect(names({ agent: fakeAgent(a), files: [locked(a)] })).toEqual(['agent a'])
    expect(names({ files: [locked(a)], door: 'person' })).toEqual(['locked-file a'])
    const plan = login({ files: [locked(a)] })
    expect(plan.offers).toEqual([])
    expect(plan.unusable).toEqual([{ name: 'a', why: 'it needs a passphrase: add it with ssh-add', locked: true }])
  })

  test('at most four, and the others are named', () => {
    const plan = login({ agent: fakeAgent(a, b, c, d, e) })
    expect(plan.offers.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
    expect(plan.left.map(({ name }) => name)).toEqual(['e'])
  })

  test('what cannot be used says why', () => {
    const files: readonly KeyFile[] = [
      { state: 'unreadable', path: '/open', cause: clean('others may read it') },
      { state: 'missing', path: '/default' },
      { state: 'public-only', path: '/card.pub', publicKey: a },
    ]
    const agent = fakeAgent(b, fakeKey('yubi', 'sk-ssh-ed25519@openssh.com'))
    const plan = login({ agent, files })
    expect(plan.offers.map(({ name }) => name)).toEqual(['b'])
    expect(plan.unusable).toEqual([
      { name: 'open', why: 'others may read it' },
      { name: 'card.pub', why: 'its private key is not in the agent' },
      { name: 'yubi', why: 'FIDO keys need the system ssh: --transport openssh' },
    ])
  })
})

describe('what the configuration leaves out', () => {
  const rsa = fakeKey('rsa', 'ssh-rsa')
  const out: WhyLeftOut = (key) => (key === rsa || key === c ? clean('left out') : undefined)

  test('is not offered, wherever it is, and says why', () => {
    const plan = login({ agent: fakeAgent(rsa, a), files: [usable(c), locked(b)], door: 'person', leftOut: out })
    expect(plan.offers.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(plan.unusable).toEqual([
      { name: 'c', why: 'left out' },
      { name: 'rsa', why: 'left out' },
    ])
  })

  test('is not waited for', () => {
    expect(
      login({ agent: silent, files: [usable(c), usable(b)], leftOut: out }).offers.map(({ name }) => name),
    ).toEqual(['b'])
    expect(planned({ agent: silent, files: [usable(c)], leftOut: out }).kind).toBe('hold')
  })
})

describe('while the agent is silent', () => {
  test('a node that has only the agent is not contacted', () => {
    expect(planned({ agent: silent })).toEqual({ kind: 'hold', cause: silent.cause })
    expect(planned({ agent: silent, files: [{ state: 'public-only', path: '/a', publicKey: a }] }).kind).toBe('hold')
  })

  test('nobody is asked for a passphrase in its stead', () => {
    expect(planned({ agent: silent, files: [locked(a)], door: 'person' }).kind).toBe('hold')
  })

  test('a node with a usable key file is contacted with that', () => {
    expect(login({ agent: silent, files: [locked(a), usable(b)], door: 'person' })).toMatchObject({
      offers: [{ from: 'file', name: 'b' }],
      withoutAgent: silent.cause,
    })
  })

  test('a node that let ssh in by other ways than keys is contacted with a usable key file as well', () => {
    for (const worked of ['otherwise', 'otherwise-without-agent'])
      expect(login({ agent: silent, files: [usable(b)], worked })).toMatchObject({ offers: [{ name: 'b' }] })
  })

  test('a node whose key was always the agent’s is not contacted with another', () => {
    expect(planned({ agent: silent, files: [usable(b)], worked: a.fingerprint }).kind).toBe('hold')
    expect(planned({ agent: silent, files: [usable(b)], worked: b.fingerprint }).kind).toBe('login')
  })
})

test('whatever there is: at most four offers, no key twice, nothing lost, and only ways that are open', () => {
  const pool = Array.from({ length: 10 }, (_, index) => fakeKey(`k${index}`))
  const some = fc.shuffledSubarray(pool)
  const fileOf = fc.constantFrom(usable, locked)
  fc.assert(
    fc.property(
      some,
      some,
      fc.array(fileOf, { minLength: 10, maxLength: 10 }),
      fc.boolean(),
      fc.constantFrom('person' as const, 'headless' as const),
      fc.option(fc.constantFrom(...pool), { nil: undefined }),
      (held, named, kinds, identitiesOnly, door, worked) => {
        const files = named.map((key, index) => (kinds[index] ?? usable)(key))
        const plan = login({ agent: fakeAgent(...held), files, identitiesOnly, door, worked: worked?.fingerprint })
        const all = [...plan.offers, ...plan.left]
        const offered = all.map(fingerprintOfOffer)
        expect(plan.offers.length).toBeLessThanOrEqual(mostOffers)
        expect(plan.left.length === 0 || plan.offers.length === mostOffers).toBe(true)
        expect(new Set(offered).size).toBe(offered.length)
        const open = new Set([
          ...held.filter((key) => !identitiesOnly || named.includes(key)),
          ...files.flatMap((file) =>
            'publicKey' in file && (file.state === 'usable' || door === 'person') ? (file.publicKey ?? []) : [],
          ),
        ])
        expect(new Set(offered)).toEqual(new Set([...open].map(({ fingerprint }) => fingerprint)))
        // The agent signs for what it holds, so that no passphrase is asked for it.
        expect(all.filter(({ from }) => from === 'agent')).toHaveLength(held.filter((key) => open.has(key)).length)
        const first = worked !== undefined && open.has(worked) ? worked.fingerprint : offered[0]
        expect(offered[0]).toBe(first)
      },
    ),
  )
})
