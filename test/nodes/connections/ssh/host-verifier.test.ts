import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { writeField } from '../../../../source/nodes/connections/ssh/auth/wire.ts'
import {
  checkHostKey,
  collectKeys,
  type HostVerifier,
  hostVerifier,
  type KeySink,
} from '../../../../source/nodes/connections/ssh/host-verifier.ts'
import { parseKnownHosts } from '../../../../source/nodes/connections/ssh/known-hosts-file.ts'
import { keygenFingerprint, makeKey, temporaryFolder } from './openssh.ts'

const { folder, remove } = temporaryFolder()
const shown = makeKey(folder, 'shown', 'ed25519')
const other = makeKey(folder, 'other', 'ed25519')
const rsa = makeKey(folder, 'rsa', 'rsa', '-b', '2048')

const sessions = new Set<ssh2.Connection>()
const server = new ssh2.Server({ hostKeys: [readFileSync(shown.path)] }, (session) => {
  sessions.add(session)
  session.on('authentication', (asked) => asked.accept())
  session.on('error', () => undefined)
  session.on('close', () => sessions.delete(session))
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
const clients = new Set<ssh2.Client>()
afterEach(() => {
  for (const client of clients) client.destroy()
  clients.clear()
})
afterAll(() => {
  server.close()
  remove()
})

/** How ssh2 takes the verifier, against a server that shows `shown`. */
const connect = (verifier: HostVerifier): Promise<'accepted' | 'refused'> =>
  new Promise((resolve) => {
    const client = new ssh2.Client()
    clients.add(client)
    client.on('ready', () => resolve('accepted'))
    client.on('error', (error) => resolve(/Host denied/.test(error.message) ? 'refused' : (error.message as 'refused')))
    client.connect({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      username: 'nobody',
      hostVerifier: verifier,
    })
  })

describe('ssh2 with our verifier', () => {
  /** What a mistake of a caller could give, whatever its types say. */
  const gives = (value: unknown) => () => value as boolean

  test.each<[string, () => boolean, 'accepted' | 'refused']>([
    ['true', gives(true), 'accepted'],
    ['false', gives(false), 'refused'],
    ['null', gives(null), 'refused'],
    ['0', gives(0), 'refused'],
    ['1', gives(1), 'refused'],
    ['undefined', gives(undefined), 'refused'],
    ['a promise of false', gives(Promise.resolve(false)), 'refused'],
    ['a promise of true', gives(Promise.resolve(true)), 'refused'],
    [
      'an exception',
      () => {
        throw new Error('cannot tell')
      },
      'refused',
    ],
  ])('a decision that gives %s', async (_, decide, outcome) => {
    expect(await connect(hostVerifier(decide))).toBe(outcome)
  })

  test('asks once, and answers later key exchanges with what it knows', async () => {
    const decide = vi.fn<() => boolean>(() => true)
    const answered = vi.fn<HostVerifier>()
    const verifier = hostVerifier(decide)
    const seen: HostVerifier = (key, verify) => {
      answered(key, verify)
      verifier(key, verify)
    }
    expect(await connect(seen)).toBe('accepted')
    const [session] = sessions
    await new Promise<void>((resolve) => session?.rekey(resolve))
    expect(answered).toHaveBeenCalledTimes(2)
    expect(decide).toHaveBeenCalledOnce()
  })
})

describe('a verifier', () => {
  const ask = (verifier: HostVerifier, key: Buffer): unknown => {
    const answer = vi.fn<(permitted: boolean) => void>()
    const returned: unknown = verifier(key, answer)
    // ssh2 takes whatever is returned for the answer, but for undefined.
    expect(returned).toBeUndefined()
    expect(answer).toHaveBeenCalledOnce()
    return answer.mock.lastCall?.[0]
  }

  test('refuses another key on the same connection, and then still knows the first', () => {
    const verifier = hostVerifier(() => true)
    expect(ask(verifier, shown.blob)).toBe(true)
    expect(ask(verifier, other.blob)).toBe(false)
    expect(ask(verifier, shown.blob)).toBe(true)
  })

  test('that failed once does not decide again', () => {
    const decide = vi.fn<() => boolean>(() => {
      throw new Error('cannot tell')
    })
    const verifier = hostVerifier(decide)
    expect(ask(verifier, shown.blob)).toBe(false)
    expect(ask(verifier, shown.blob)).toBe(false)
    expect(decide).toHaveBeenCalledOnce()
  })

  test('keeps the key although its buffer is used again', () => {
    const verifier = hostVerifier(() => true)
    const buffer = Buffer.from(shown.blob)
    ask(verifier, buffer)
    buffer.fill(0)
    expect(ask(verifier, shown.blob)).toBe(true)
  })

  test('takes no asynchronous decision', () => {
    const decide = async (): Promise<boolean> => true
    // @ts-expect-error A promise is no answer: this must not compile.
    const verifier = hostVerifier(decide)
    expect(ask(verifier, shown.blob)).toBe(false)
  })
})

/** The blob of an RSA key whose modulus has so many bits. */
const rsaOf = (bits: number): Buffer => {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff)
  modulus[0] = 0xff >> (8 * modulus.length - bits)
  return Buffer.concat(['ssh-rsa', Buffer.from([1, 0, 1]), Buffer.concat([Buffer.alloc(1), modulus])].map(writeField))
}

describe('the check of a host', () => {
  const host = { hostName: 'web', port: 22 }
  const known = (...lines: readonly string[]) => [parseKnownHosts('/home/karin/.ssh/known_hosts', lines.join('\n'))]
  const sink = (): { readonly [K in keyof KeySink]: ReturnType<typeof vi.fn<KeySink[K]>> } => ({
    unknown: vi.fn<KeySink['unknown']>(),
    fresh: vi.fn<KeySink['fresh']>(),
  })
  const print = keygenFingerprint(shown)
  const line = `${shown.type} ${shown.base64}`

  describe('with an RSA key of 2048 bits', () => {
    const verdict = (content: string, strict: 'yes' | 'ask' | 'accept-new', requiredRsaSize: number) => {
      const kept = sink()
      const check = checkHostKey(known(content), host, strict, { ...kept, requiredRsaSize })
      check.verifier(rsa.blob, () => undefined)
      const calls = kept.unknown.mock.calls.length + kept.fresh.mock.calls.length
      return { answer: check.judgement()?.answer, permitted: check.judgement()?.permitted, calls }
    }
    const rsaLine = `web ${rsa.type} ${rsa.base64}`

    test('takes it where RequiredRSASize is no more', () => {
      expect(verdict(rsaLine, 'yes', 2048)).toEqual({ answer: 'known', permitted: true, calls: 0 })
      expect(verdict('', 'accept-new', 2048)).toEqual({ answer: 'unknown', permitted: true, calls: 1 })
    })

    test('leaves it to the system’s ssh where RequiredRSASize is more, and nobody is asked about it', () => {
      const left = { answer: 'needs-openssh', permitted: false, calls: 0 }
      for (const strict of ['yes', 'ask', 'accept-new'] as const) {
        expect(verdict(rsaLine, strict, 2049)).toEqual(left)
        expect(verdict('', strict, 3072)).toEqual(left)
      }
    })

    test('refuses one that was changed or revoked as ever', () => {
      expect(verdict(`@revoked * ${rsa.type} ${rsa.base64}`, 'yes', 3072)).toMatchObject({ answer: 'revoked' })
    })
  })

  test('accepts a known key, and collects nothing', async () => {
    const kept = sink()
    const check = checkHostKey(known(`web ${line}`), host, 'yes', kept)
    expect(check.judgement()).toBeUndefined()
    expect(await connect(check.verifier)).toBe('accepted')
    expect(check.judgement()).toEqual({ permitted: true, answer: 'known' })
    expect(kept.unknown).not.toHaveBeenCalled()
    expect(kept.fresh).not.toHaveBeenCalled()
  })

  test('refuses an unknown key under ask, and collects it for a decision', async () => {
    const kept = sink()
    const check = checkHostKey(known(), host, 'ask', kept)
    expect(await connect(check.verifier)).toBe('refused')
    expect(check.judgement()).toEqual({
      permitted: false,
      answer: 'unknown',
      cause: {
        state: 'denied',
        cause: `host key of web is not known: ssh-ed25519 ${print}: compare it, then accept it in kntop or with ssh`,
      },
    })
    expect(kept.unknown.mock.calls).toEqual([[{ host, type: shown.type, fingerprint: print, blob: shown.blob }]])
    expect(kept.fresh).not.toHaveBeenCalled()
  })

  test('refuses an unknown key under yes, and offers no decision', async () => {
    const kept = sink()
    const check = checkHostKey(known(), host, 'yes', kept)
    expect(await connect(check.verifier)).toBe('refused')
    expect(check.judgement()).toMatchObject({
      cause: { cause: expect.stringContaining('StrictHostKeyChecking is yes: add it to known_hosts') },
    })
    expect(kept.unknown).not.toHaveBeenCalled()
  })

  test('accepts an unknown key under accept-new, and gives it to be kept', async () => {
    const kept = sink()
    const check = checkHostKey(known(), host, 'accept-new', kept)
    expect(await connect(check.verifier)).toBe('accepted')
    expect(kept.fresh).toHaveBeenCalledOnce()
    expect(kept.unknown).not.toHaveBeenCalled()
  })

  test.each([
    ['of 1023 bits', rsaOf(1023)],
    ['with something behind its end', Buffer.concat([shown.blob, Buffer.alloc(4)])],
    ['that is cut', shown.blob.subarray(0, -1)],
    ['that names no type', Buffer.alloc(51)],
  ])('refuses under every setting a key that no known_hosts can hold: one %s', (_, blob) => {
    for (const strict of ['yes', 'ask', 'accept-new'] as const) {
      const kept = sink()
      const check = checkHostKey(known(), host, strict, kept)
      const verify = vi.fn<(permitted: boolean) => void>()
      check.verifier(blob, verify)
      expect(verify.mock.calls).toEqual([[false]])
      expect([kept.fresh, kept.unknown].map(({ mock }) => mock.calls)).toEqual([[], []])
      const cause = expect.stringMatching(/^host key of web is too short or malformed.*ssh-keygen -A/)
      expect(check.judgement()).toMatchObject({ answer: 'unusable', cause: { state: 'denied', cause } })
    }
  })

  test('takes an RSA key of 1024 bits, as short as OpenSSH allows', () => {
    const verify = vi.fn<(permitted: boolean) => void>()
    checkHostKey(known(), host, 'accept-new', sink()).verifier(rsaOf(1024), verify)
    expect(verify.mock.calls).toEqual([[true]])
  })

  test('refuses where the key cannot be given away', async () => {
    const broken: KeySink = {
      unknown: () => undefined,
      fresh: () => {
        throw new Error('full')
      },
    }
    expect(await connect(checkHostKey(known(), host, 'accept-new', broken).verifier)).toBe('refused')
  })

  test.each([
    [
      'changed',
      `web ${other.type} ${other.base64}`,
      `HOST KEY CHANGED: web shows ssh-ed25519 ${print}, /home/karin/.ssh/known_hosts:1 knows another ssh-ed25519: if the host was made anew, ssh-keygen -R 'web' -f /home/karin/.ssh/known_hosts`,
    ],
    [
      'revoked',
      `@revoked * ${line}`,
      `host key of web is revoked by /home/karin/.ssh/known_hosts:1: ssh-ed25519 ${print}`,
    ],
    [
      'needs-openssh',
      `@cert-authority * ${line}`,
      '/home/karin/.ssh/known_hosts:1 names a certificate authority for web: needs the openssh transport',
    ],
  ])('refuses a key that is %s under every setting, and says where that stands', async (answer, content, cause) => {
    for (const strict of ['yes', 'ask', 'accept-new'] as const) {
      const kept = sink()
      const check = checkHostKey(known(content), host, strict, kept)
      expect(await connect(check.verifier)).toBe('refused')
      expect(check.judgement()).toEqual({ permitted: false, answer, cause: { state: 'denied', cause } })
      expect(kept.unknown).not.toHaveBeenCalled()
      expect(kept.fresh).not.toHaveBeenCalled()
    }
  })
})

test('keys are collected once each, and handed over once', () => {
  const collector = collectKeys()
  const key = { host: { hostName: 'web', port: 22 }, type: shown.type, blob: shown.blob, fingerprint: 'SHA256:one' }
  collector.add(key)
  collector.add({ ...key })
  collector.add({ ...key, host: { hostName: 'web', port: 2222 } })
  collector.add({ ...key, fingerprint: 'SHA256:two' })
  expect(collector.take()).toHaveLength(3)
  expect(collector.take()).toEqual([])
})
