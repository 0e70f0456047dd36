import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import { LoginRefused } from '../../../../source/nodes/connections/openssh/master.ts'
import type { OpenSshConnection } from '../../../../source/nodes/connections/openssh/openssh.ts'
import type { SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { loginBySystem } from '../../../../source/nodes/connections/ssh/system-login.ts'
import { clean } from '../../../../source/text/clean.ts'
import { makeKey } from './auth/support/keys.ts'
import { loggable, testFolder } from './logging-in.ts'

const securityKey = clean('/home/karin/.ssh/id_ed25519_sk is a security key')
const kerberos = clean('GSSAPIAuthentication yes, and there is a Kerberos ticket')
const said = 'authentication failed: no key was accepted, it takes publickey'

/** A fleet that the system's ssh logs in to; `lets` says whether a host lets it in. */
const fleet = (lets: (host: string) => boolean, agent?: string) => {
  const { shared, settings } = loggable({ port: 22, user: 'karin', ...(agent !== undefined && { agent }) })
  const asked: string[] = []
  const connect = (hostName: string) => (): Promise<OpenSshConnection> => {
    asked.push(hostName)
    return lets(hostName)
      ? Promise.resolve({} as unknown as OpenSshConnection)
      : Promise.reject(new LoginRefused({ state: 'denied', cause: clean(said) }, { said: clean(said), helps: 'key' }))
  }
  /** `in`, or why not. */
  const login = async (hostName: string, more: Partial<SshSettings> = { needsOpenSsh: [securityKey] }) => {
    const route = { target: { ...settings, hostName, alias: hostName, ...more }, hops: [] }
    const error: unknown = await loginBySystem(route, connect(hostName), shared).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error === undefined) return 'in'
    if (error instanceof ConnectionError) return error.reason.cause
    throw error
  }
  return { login, asked, logins: shared.logins }
}

const plain = { needsOpenSsh: [] }
const labs = ['lab1', 'lab2', 'lab3']

describe('a host whose key is a security key', () => {
  test('is asked though three others refused us without any key, and is another matter for these', async () => {
    const { login } = fleet((host) => host === 'prod1')
    for (const lab of labs) expect(await login(lab, plain)).toContain(said)
    expect(await login('lab4', plain)).toMatch(/^not tried: .* refused karin without a key: add one with ssh-add/)
    expect(await login('prod1')).toBe('in')
    expect(await login('lab4', plain)).toMatch(/^not tried: .* refused karin without a key/)
  })

  test('is left alone after three others refused such logins, with words that say so', async () => {
    const { login, asked } = fleet(() => false)
    for (const lab of labs) expect(await login(lab)).toContain(said)
    expect(await login('prod1', { needsOpenSsh: [kerberos] })).toMatch(
      /^not tried: lab1:22, lab2:22, lab3:22 refused the security key, Kerberos, PKCS#11 or hostbased login of karin; press r/,
    )
    expect(await login('lab4', plain)).toContain(said)
    expect(asked).toEqual([...labs, 'lab4'])
  })

  test('and which once let us in is asked though three others, that never did, refuse such logins', async () => {
    const { login } = fleet((host) => host === 'prod1')
    expect(await login('prod1')).toBe('in')
    for (const lab of labs) await login(lab)
    expect(await login('lab4')).toMatch(/^not tried: /)
    expect(await login('prod1')).toBe('in')
    expect(await login('lab4')).toBe(said)
  })

  test('that refused it is left alone itself for five minutes, and asked at once by a key that it has not refused', async () => {
    const { login, asked } = fleet(() => false)
    await login('prod1')
    expect(await login('prod1')).toMatch(/^not tried: refused at /)
    const folder = testFolder()
    makeKey(folder, 'new')
    const named = { needsOpenSsh: [securityKey], identityFiles: [join(folder, 'new')] }
    expect(await login('prod1', named)).toContain(said)
    expect(await login('prod1', named)).toMatch(/^not tried: refused at /)
    expect(asked).toEqual(['prod1', 'prod1'])
  })
})

test('where the agent is silent, three hosts that refuse ssh without it stop the rest until the agent answers', async () => {
  const { login, asked, logins } = fleet(() => false, join(testFolder(), 'nobody-listens'))
  for (const lab of [...labs, 'lab4']) await login(lab, { needsOpenSsh: [kerberos] })
  expect(asked).toEqual(labs)
  expect(Object.keys(logins.history().streaks)).toEqual(['karin otherwise-without-agent new'])
  expect(await login('lab4', { needsOpenSsh: [kerberos], identityAgent: 'none' })).toContain(said)
})
