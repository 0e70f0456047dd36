import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type LoginEvent,
  mayLogin,
  type OtherWay,
  reduceLogins,
  refusedByOthers,
} from '../../../../../source/nodes/connections/ssh/auth/failures.ts'
import { after, karin, keyless, minute, only, refusal, start } from './support/login-events.ts'

const labs = ['n1', 'n2', 'n3']
const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')

describe('three equal refusals', () => {
  const three = after(refusal('n1', ['a']), refusal('n2', ['a']), refusal('n3', ['a']))

  test('stop the rest of that user and key until a key press', () => {
    expect(mayLogin(three, karin('n4'), only('a'), start)).toEqual({
      may: 'stopped',
      until: start + 60 * minute,
      cause: 'not tried: n1, n2, n3 refused this key for karin',
    })
    const pressed = reduceLogins(three, { type: 'pressed' })
    expect(mayLogin(pressed, karin('n4'), only('a'), start)).toEqual({ may: 'login' })
  })

  test('end by themselves an hour after the last, and three more are needed then', () => {
    expect(mayLogin(three, karin('n4'), only('a'), start + 60 * minute - 1).may).toBe('stopped')
    expect(mayLogin(three, karin('n4'), only('a'), start + 60 * minute)).toEqual({ may: 'login' })
    const again = reduceLogins(three, refusal('n4', ['a'], start + 60 * minute))
    expect(mayLogin(again, karin('n5'), only('a'), start + 60 * minute)).toEqual({ may: 'login' })
  })

  test('are those of three hosts: one that refuses three times, or two, stop nobody else', () => {
    const one = after(...[0, 5, 20].map((at) => refusal('n1', ['a'], start + at * minute)))
    expect(mayLogin(one, karin('n4'), only('a'), start + 20 * minute)).toEqual({ may: 'login' })
    expect(mayLogin(one, karin('n1'), only('a'), start + 20 * minute).may).toBe('wait')
    const two = after(refusal('n1', ['a']), refusal('n2', ['a']), refusal('n1', ['a']), refusal('n2', ['a']))
    expect(mayLogin(two, karin('n4'), only('a'), start)).toEqual({ may: 'login' })
  })

  test('two do not, nor do three of another user or key', () => {
    expect(mayLogin(after(refusal('n1', ['a']), refusal('n2', ['a'])), karin('n4'), only('a'), start).may).toBe('login')
    expect(mayLogin(three, { host: 'n4', user: 'root' }, only('a'), start).may).toBe('login')
    expect(mayLogin(three, karin('n4'), only('b'), start).may).toBe('login')
    expect(mayLogin(three, karin('n4'), only('a', 'b'), start).may).toBe('login')
  })

  test('count anew after a host that let us in with that key', () => {
    const history = after(
      refusal('n1', ['a']),
      refusal('n2', ['a']),
      { type: 'accepted', account: karin('n3'), fingerprint: 'a' },
      refusal('n4', ['a']),
      refusal('n5', ['a']),
    )
    expect(mayLogin(history, karin('n6'), only('a'), start).may).toBe('login')
  })

  test('count anew for all keys, one of which has let us in, where nobody knows which', () => {
    const mixed = after(...['n1', 'n2', 'n3'].map((host) => refusal(host, ['a', 'b'])))
    expect(mayLogin(mixed, karin('n4'), only('a', 'b'), start).may).toBe('stopped')
    const one = reduceLogins(mixed, { type: 'accepted', account: karin('n5'), offered: ['b', 'c'] })
    expect(mayLogin(one, karin('n4'), only('a', 'b'), start).may).toBe('login')
    expect(mayLogin(one, karin('n4'), only('a'), start).may).toBe('stopped')
    expect(one.worked).toEqual({})
  })

  test('of hosts that never took the key do not stop those that did, nor the other way round', () => {
    const accepted = (host: string): LoginEvent => ({ type: 'accepted', account: karin(host), fingerprint: 'a' })
    const newcomers = [refusal('x1', ['a']), refusal('x2', ['a']), refusal('x3', ['a'])]
    const history = after(accepted('n1'), ...newcomers)
    expect(mayLogin(history, karin('n1'), only('a'), start).may).toBe('login')
    expect(mayLogin(history, karin('x4'), only('a'), start).may).toBe('stopped')
    // A key that was taken off everywhere is noticed as well.
    const known = ['n1', 'n2', 'n3', 'n4']
    const gone = after(...known.map(accepted), ...known.slice(1).map((host) => refusal(host, ['a'])))
    expect(mayLogin(gone, karin('n1'), only('a'), start).may).toBe('stopped')
  })

  test('stop nobody who has a key that fewer refused, among the first six; it is to come before those that three refused', () => {
    const six = ['a', 'b', 'c', 'd', 'e', 'f']
    const four = after(...labs.map((host) => refusal(host, six.slice(0, 4), start, six)))
    expect(mayLogin(four, karin('n4'), six, start)).toEqual({ may: 'login' })
    expect(refusedByOthers(four, karin('n4'), six, start)).toEqual(new Set(['a', 'b', 'c', 'd']))
    expect(refusedByOthers(four, karin('n4'), six, start + 60 * minute)).toEqual(new Set())
    const all = ['x1', 'x2', 'x3'].map((host) => refusal(host, ['e', 'f'], start + minute)).reduce(reduceLogins, four)
    expect(mayLogin(all, karin('n4'), [...six, 'g'], start + minute)).toEqual({
      may: 'stopped',
      until: start + 60 * minute,
      cause: 'not tried: n1, n2, n3 and others refused these keys for karin',
    })
    expect(mayLogin(all, karin('n4'), ['g', ...six], start + minute)).toEqual({ may: 'login' })
  })

  test('stop a new host exactly if each of its first six keys was refused by three', () => {
    const refusals = fc.array(
      fc.record({ host: fc.constantFrom('n1', 'n2', 'n3', 'n4'), refused: fc.uniqueArray(name, { minLength: 1 }) }),
    )
    fc.assert(
      fc.property(refusals, fc.uniqueArray(name, { minLength: 1 }), (events, keys) => {
        const history = after(...events.map(({ host, refused }) => refusal(host, refused)))
        const hostsOf = (key: string) =>
          new Set(events.filter((each) => each.refused.includes(key)).map((each) => each.host))
        const isVain = keys.slice(0, 6).every((key) => hostsOf(key).size >= 3)
        expect(mayLogin(history, karin('n9'), keys, start).may).toBe(isVain ? 'stopped' : 'login')
        const vain = keys.filter((key) => hostsOf(key).size >= 3)
        expect(refusedByOthers(history, karin('n9'), keys, start)).toEqual(new Set(vain))
      }),
    )
  })

  test('of other ways of ssh are told from those without a key, and while the agent is silent from both', () => {
    const ways: readonly OtherWay[] = ['otherwise', 'otherwise-without-agent']
    const said = 'not tried: n1, n2, n3 refused the security key, Kerberos, PKCS#11 or hostbased login of karin'
    for (const way of ways) {
      const history = after(...labs.map((host) => refusal(host, [way])))
      expect(mayLogin(history, karin('n4'), only(way), start)).toMatchObject({ may: 'stopped', cause: said })
      for (const other of [[], ['a'], ['a', way], ways.filter((each) => each !== way)])
        expect(mayLogin(history, karin('n4'), other, start)).toEqual({ may: 'login' })
      const worked: LoginEvent = { type: 'accepted', account: karin('n5'), fingerprint: way, offered: [way] }
      expect(mayLogin(reduceLogins(history, worked), karin('n4'), only(way), start)).toEqual({ may: 'login' })
    }
    const keysToo = after(...labs.map((host) => keyless(host)))
    expect(mayLogin(keysToo, karin('n4'), only('otherwise'), start)).toEqual({ may: 'login' })
  })

  test('without any key count as well', () => {
    const history = after(keyless('n1'), keyless('n2'), keyless('n3'))
    expect(mayLogin(history, karin('n4'), only(), start)).toEqual({
      may: 'stopped',
      until: start + 60 * minute,
      cause: 'not tried: n1, n2, n3 refused karin without a key: add one with ssh-add',
    })
  })
})
