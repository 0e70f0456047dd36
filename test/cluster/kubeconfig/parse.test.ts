import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseKubeconfig } from '../../../source/cluster/kubeconfig/parse.ts'
import { WrongKubeconfig } from '../../../source/cluster/kubeconfig/wrong-kubeconfig.ts'

const file = '/home/karin/.kube/config'
const parse = (text: string) => parseKubeconfig(text, file)

const refusal = (text: string): unknown => {
  try {
    parse(text)
    return undefined
  } catch (error) {
    return error
  }
}

describe('a kubeconfig', () => {
  it('has its paths beside itself, and plugins that are no plain names', () => {
    const { clusters, users } = parse(`
clusters: [{name: c, cluster: {certificate-authority: pki/ca.crt}}, {name: d, cluster: {certificate-authority: /etc/ca}}]
users:
- {name: u, user: {client-certificate: ../me.crt, client-key: me.key, tokenFile: token}}
- {name: near, user: {exec: {command: ./bin/login}}}
- {name: path, user: {exec: {command: login}}}`)
    expect(clusters.get('c')).toEqual({ file, value: { 'certificate-authority': '/home/karin/.kube/pki/ca.crt' } })
    expect(clusters.get('d')?.value['certificate-authority']).toBe('/etc/ca')
    expect(users.get('u')?.value).toMatchObject({
      'client-certificate': '/home/karin/me.crt',
      'client-key': '/home/karin/.kube/me.key',
      tokenFile: '/home/karin/.kube/token',
    })
    expect(users.get('near')?.value.exec?.command).toBe('/home/karin/.kube/bin/login')
    expect(users.get('path')?.value.exec?.command).toBe('login')
  })

  // What kubectl 1.32 takes and refuses was tried with `kubectl config view`.
  it.each([
    ['nothing at all', '', ''],
    ['null', 'null', ''],
    ['unknown keys', 'name: 5', ''],
    ['JSON', '{"current-context":"json"}', 'json'],
    ['a key twice', 'current-context: a\ncurrent-context: b', 'b'],
    ['several documents', '---\ncurrent-context: d1\n---\ncurrent-context: d2', 'd1'],
    ['another spelling', 'Current-Context: x', ''],
    ['a null', 'current-context: null', ''],
    ['a name like a time', 'current-context: 12:30', '12:30'],
    ['a name like the end of a number', 'current-context: e2', 'e2'],
    ['a name like a date', 'current-context: 2026-01-31', '2026-01-31'],
  ])('may hold %s', (_, text, context) => {
    expect(parse(text).currentContext).toBe(context)
  })

  it.each([
    ['no YAML', 'a: [', 'line 1 is not YAML'],
    ['a tab', '\tcurrent-context: t', 'line 1 is not YAML'],
    ['a list', '- a', 'the whole of it is not a map'],
    ['another kind', 'kind: Pod', 'it is no Config of version v1'],
    ['another version', 'apiVersion: v2', 'it is no Config of version v1'],
    ['a number for a name', 'users: [{name: 5}]', 'users.0.name is not a text (are quotes missing?)'],
    [
      'a word that YAML 1.1 reads as true',
      'current-context: on',
      'current-context is not a text (are quotes missing?)',
    ],
    [
      'a number for a password',
      'users: [{name: u, user: {password: 1234}}]',
      'users.0.user.password is not a text (are quotes missing?)',
    ],
    ['a map of clusters', 'clusters: {}', 'clusters is not a list'],
    ['a name twice', 'clusters: [{name: a}, {name: a}]', 'it has two clusters named "a"'],
    ['no base64', 'clusters: [{name: a, cluster: {certificate-authority-data: "!!"}}]', 'is not base64'],
    ['a text for a truth', 'clusters: [{name: a, cluster: {insecure-skip-tls-verify: "true"}}]', 'is neither true nor'],
    ['an alias that explodes', `a: &a [x,x,x]\nb: &b [${'*a,'.repeat(99)}]\nc: &c [${'*b,'.repeat(99)}]`, 'aliases'],
  ])('is refused with %s, by file and place', (_, text, expected) => {
    expect(() => parse(text)).toThrow(WrongKubeconfig)
    expect(() => parse(text)).toThrow(`kubeconfig ${file}: `)
    expect(() => parse(text)).toThrow(expected)
  })

  it('of any text is read or refused, and nothing of a value stands in the refusal', () => {
    const broken = fc.constantFrom(
      (secret: string) => `users: [{name: u, user: {token: ${secret}`,
      (secret: string) => `users:\n  - user:\n   token: ${secret}\n  x: {`,
      (secret: string) => `users: [{name: u, user: {token: [${secret}]}}]`,
      (secret: string) => `users: [{name: u, user: {client-key-data: "${secret}!"}}]`,
      (secret: string) => `token: "${secret}\n\\q"`,
    )
    fc.assert(
      fc.property(broken, fc.stringMatching(/^[a-z0-9]{16}$/), (write, secret) => {
        const error = refusal(write(secret))
        expect(error === undefined || error instanceof WrongKubeconfig).toBe(true)
        expect(String(error)).not.toContain(secret)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        const error = refusal(text)
        expect(error === undefined || error instanceof WrongKubeconfig).toBe(true)
      }),
    )
  })
})
