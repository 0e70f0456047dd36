import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { needsOpenSsh } from '../../../../source/nodes/connections/ssh/needs-openssh.ts'
import { parsePrinted, settingsOf } from '../../../../source/nodes/connections/ssh/ssh-g.ts'
import { makeKey } from './openssh.ts'
import { resolving } from './resolving.ts'

/** Where a ticket lies if nothing else is said. */
const usualCache = `/tmp/krb5cc_${process.getuid?.()}`

const { folder, client, config, resolve, target } = resolving()

describe('what only the system’s ssh can do', () => {
  test.each<[string, readonly string[]]>([
    ['certificate', [`CertificateFile ${folder}/key-cert.pub`]],
    ['pkcs11', ['PKCS11Provider /usr/lib/opensc-pkcs11.so']],
    ['command', ['KnownHostsCommand /bin/cat %H']],
    ['revoked', [`RevokedHostKeys ${folder}/revoked`]],
    ['dns', ['VerifyHostKeyDNS yes']],
    ['proxy', ['ProxyCommand']],
    ['pass', ['ProxyCommand', 'ProxyUseFdpass yes']],
    ['kerberos', ['PreferredAuthentications begins with gssapi']],
    ['only-kerberos', ['GSSAPIAuthentication is the only way to log in']],
    ['debian', []],
    ['hostbased', ['HostbasedAuthentication yes']],
    ['interface', ['BindInterface lo']],
    ['address', ['CheckHostIP yes']],
    ['elsewhere', []],
  ])('%s', async (host, reasons) => {
    expect((await target('beyond', host)).needsOpenSsh).toEqual(reasons)
  })

  test('an address that is checked, but not where that was on for everybody: before OpenSSH 8.5', () => {
    const of = (printed: string) => {
      const read = parsePrinted(`checkhostip yes\n${printed}`)
      const facts = { certified: [], securityKeys: [], hasTicket: false }
      return needsOpenSsh(read, settingsOf(read, 'web', client), facts)
    }
    expect(of('pubkeyacceptedalgorithms ssh-ed25519\n')).toEqual(['CheckHostIP yes'])
    expect(of('pubkeyacceptedkeytypes ssh-ed25519\n')).toEqual([])
  })

  test('Kerberos, where there is a ticket', async () => {
    writeFileSync(join(folder, 'ticket'), '')
    const withTicket = (cache: string) => ({
      client: { ...client, environment: { ...client.environment, KRB5CCNAME: cache } },
    })
    const reason = ['GSSAPIAuthentication yes, and there is a Kerberos ticket']
    for (const cache of [join(folder, 'ticket'), `FILE:${join(folder, 'ticket')}`, 'KCM:']) {
      expect((await resolve('beyond', 'debian', withTicket(cache))).target.needsOpenSsh).toEqual(reason)
      expect((await resolve('beyond', 'elsewhere', withTicket(cache))).target.needsOpenSsh).toEqual([])
    }
  })

  test.skipIf(existsSync(usualCache))('Kerberos, where klist finds a ticket that lies elsewhere', async () => {
    const { KRB5CCNAME: _, ...environment } = client.environment
    const withKlist = (script: string) => {
      writeFileSync(join(folder, 'klist'), `#!/bin/sh\necho "$@" >> ${folder}/asked\n${script}\n`, { mode: 0o755 })
      return { client: { ...client, environment: { ...environment, PATH: `${folder}:${environment.PATH}` } } }
    }
    const needs = async (host: string, script: string) =>
      (await resolve('beyond', host, withKlist(script))).target.needsOpenSsh
    expect(await needs('debian', 'exit 0')).toEqual(['GSSAPIAuthentication yes, and there is a Kerberos ticket'])
    expect(await needs('debian', 'exit 1')).toEqual([])
    // Where Kerberos is off, nobody is asked.
    expect(await needs('elsewhere', 'exit 0')).toEqual([])
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('-s\n-s\n')
    rmSync(join(folder, 'klist'))
    expect((await resolve('beyond', 'debian', { client: { ...client, environment } })).target.needsOpenSsh).toEqual([])
  })

  test('a certificate that lies beside an identity file', async () => {
    const authority = makeKey(folder, 'authority', 'ed25519')
    const identity = makeKey(folder, 'certified', 'ed25519')
    writeFileSync(config('beside'), `Host *\n  IdentityFile ${identity.path}\n`)
    expect((await target('beside', 'web')).needsOpenSsh).toEqual([])
    execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'test', `${identity.path}.pub`])
    expect((await target('beside', 'web')).needsOpenSsh).toEqual([`there is a certificate for ${identity.path}`])
  })

  test('a key in a security key, by its public file or by itself', async () => {
    const field = (text: string): Buffer => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(text.length)
      return Buffer.concat([length, Buffer.from(text, 'latin1')])
    }
    const blob = Buffer.concat([field('sk-ssh-ed25519@openssh.com'), field('x'.repeat(32)), field('ssh:')])
    const one = Buffer.from([0, 0, 0, 1])
    const head = ['openssh-key-v1\0', field('none'), field('none'), field(''), one, field(blob.toString('latin1'))]
    const content = Buffer.concat(head.map((part) => Buffer.from(part as Buffer)))
    const [known, alone] = [join(folder, 'sk'), join(folder, 'sk-alone')]
    writeFileSync(`${known}.pub`, `sk-ssh-ed25519@openssh.com ${blob.toString('base64')} karin\n`)
    writeFileSync(
      alone,
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${content.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    )
    for (const path of [known, alone]) {
      writeFileSync(config('sk'), `Host *\n  IdentityFile ${path}\n`)
      expect((await target('sk', 'web')).needsOpenSsh).toEqual([`${path} is a security key`])
    }
  })
})
