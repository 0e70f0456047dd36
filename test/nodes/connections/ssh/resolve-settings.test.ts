import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { makeKey } from './openssh.ts'
import { noSsh, refusal, resolving } from './resolving.ts'

const { client, folder, config, resolver, resolve, instead, end } = resolving()

describe('hops', () => {
  const way = async (host: string) =>
    (await resolve('jumps', host)).hops.map(({ user, hostName, port }) => `${user}@${hostName}:${port}`)

  test('are resolved each by its own configuration, the one that is contacted first in front', async () => {
    expect(await way('inner')).toEqual(['outer@outer.example.com:22', 'ops@middle.example.com:2222'])
  })

  test('of a list stand in its order, and only the first follows its own ProxyJump', async () => {
    expect(await way('listed')).toEqual(['outer@outer.example.com:22', 'x@middle.example.com:2022'])
  })

  test('are none for none', async () => {
    expect(await way('direct')).toEqual([])
  })

  test.each([
    ['self', 'ProxyJump leads from self to itself: give it a Host block with ProxyJump none'],
    ['round', 'ProxyJump leads from round back to itself: give the bastion a Host block with ProxyJump none'],
  ])('that lead back are refused: %s', async (host, cause) => {
    expect(await refusal(resolve('jumps', host))).toEqual({ state: 'denied', cause })
  })

  test('may have the user, address and port of the host: a tunnel that ends where the bastion is', async () => {
    const lines = ['Host inner gate', '  HostName 10.0.0.1', '  User karin', 'Host inner', '  ProxyJump gate', '']
    writeFileSync(config('same'), lines.join('\n'))
    for (const options of [{}, noSsh]) {
      const { hops, target } = await resolve('same', 'inner', options)
      expect([target.hostName, hops.map(({ alias }) => alias)]).toEqual(['10.0.0.1', ['gate']])
    }
  })

  test('that would never end are refused', async () => {
    writeFileSync(config('endless'), 'Host *\n  ProxyJump %h0\n  User karin\n')
    expect(await refusal(resolve('endless', 'web', noSsh))).toEqual({
      state: 'denied',
      cause: 'ProxyJump leads over more than 8 hops',
    })
  })

  test('with a name that no host can have are refused', async () => {
    writeFileSync(config('odd'), 'Host web\n  ProxyJump -oProxyCommand=id\n')
    expect(await refusal(resolve('odd', 'web', noSsh))).toMatchObject({
      state: 'denied',
      cause: expect.stringMatching(/must not begin with -/),
    })
  })

  test('that many hosts share are asked about once', async () => {
    const { program, log } = instead('echo "$@" >> LOG; [ "$6" = bastion ] || echo "proxyjump bastion"')
    const route = resolver('plain', { program })
    await Promise.all(['n1', 'n2', 'n3', 'n1'].map(route))
    expect(log().toSorted()).toEqual(
      ['bastion', 'n1', 'n2', 'n3'].map((host) => `-G -T -F ${config('plain')} -- ${host}`).toSorted(),
    )
  })
})

describe('bad input', () => {
  test.each([
    ['', 'the host name is empty'],
    ['-oProxyCommand=id', 'a host name must not begin with -, which ssh takes for an option'],
    ['web:2222', 'a host name holds no port: write the host alone, with Port in the ssh configuration'],
    ['[2001:db8::1]:22', 'a host name holds no port: write the host alone, with Port in the ssh configuration'],
    ['karin@web', 'a host name holds no user: write the host alone, with User in the ssh configuration'],
    ['ssh://web', 'a URL is no host name: write the host alone, with User and Port in the ssh configuration'],
    ['ssh://karin@web:22', 'a URL is no host name: write the host alone, with User and Port in the ssh configuration'],
    ['we b', 'a host name holds no spaces and no control characters'],
    ['web\n', 'a host name holds no spaces and no control characters'],
    ['web\x1b[2J', 'a host name holds no spaces and no control characters'],
    ['web\u202egnp', 'the host name holds characters that cannot be seen'],
    ['$(id)', 'a host name holds no quotes, wildcards, commas or other characters that mean something to a shell'],
    ['x'.repeat(256), 'the host name is longer than 255 characters'],
  ])('%j never reaches ssh', async (host, cause) => {
    const { program, log } = instead('echo "$@" >> LOG')
    // It never comes right by itself.
    expect(await refusal(resolve('plain', host, { program }))).toEqual({ state: 'denied', cause, again: 'asked' })
    expect(log()).toEqual([])
  })

  test('what ssh says about its configuration is passed on', async () => {
    writeFileSync(config('damaged'), 'Foo bar\n')
    expect(await refusal(resolve('damaged', 'web'))).toEqual({
      state: 'denied',
      cause: `ssh refuses its configuration: ${config('damaged')}: line 1: Bad configuration option: foo`,
    })
  })

  test('what ssh says is cleaned', async () => {
    const { program } = instead(`printf 'bad \\033[2J word' >&2; exit 255`)
    expect(await refusal(resolve('plain', 'web', { program }))).toMatchObject({
      cause: 'ssh refuses its configuration: bad \ufffd[2J word',
    })
  })

  test('a Match exec that sleeps ends with the limit, and so do all that it started', async () => {
    const pids = join(folder, 'pids')
    writeFileSync(
      config('sleeps'),
      `Match exec "echo $$ >> ${pids}; sleep 987 & echo $! >> ${pids}; sleep 987"\n  User x\n`,
    )
    writeFileSync(pids, '')
    expect(await refusal(resolve('sleeps', 'web', { timeLimit: 2000 }))).toEqual({
      state: 'lost',
      cause:
        'ssh -G gave no answer within 2 s: a Match exec or a CanonicalizeHostname of the ssh configuration takes too long; shorten it',
    })
    const started = readFileSync(pids, 'utf8').split('\n').filter(Boolean).map(Number)
    expect(started).toHaveLength(2)
    const isGone = (pid: number): boolean => {
      try {
        return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
      } catch {
        return true
      }
    }
    await vi.waitFor(() => expect(started.every(isGone)).toBe(true))
  })

  test('an endless output ends', async () => {
    const { program } = instead('exec yes user karin')
    expect(await refusal(resolve('plain', 'web', { program }))).toEqual({
      state: 'denied',
      cause: 'ssh -G prints more than 256 KB: see what it prints for this host',
    })
  })

  test('a program that cannot be started is a cause', async () => {
    expect(await refusal(resolve('plain', 'web', { program: folder }))).toEqual({
      state: 'denied',
      cause: expect.stringMatching(/^cannot start .*EACCES/),
    })
  })

  test('nothing is asked of the terminal: stdin is closed and there is none', async () => {
    const { program, log } = instead('cat >> LOG; (: < /dev/tty) 2>/dev/null && echo tty >> LOG; echo done >> LOG')
    await resolve('plain', 'web', { program })
    expect(log()).toEqual(['done'])
  })
})

describe('many hosts', () => {
  test('are asked about 8 at a time', async () => {
    // Each notes how many run beside it, and waits until it was seen.
    const { program, log } = instead('echo + >> LOG; while [ ! -e "LOG.go" ]; do sleep 0.02; done; echo - >> LOG')
    const route = resolver('plain', { program })
    const all = Promise.all(Array.from({ length: 20 }, (_, i) => route(`n${i}`)))
    await vi.waitFor(() => expect(log()).toHaveLength(8))
    writeFileSync(join(folder, 'log.go'), '')
    await all
    let [running, most] = [0, 0]
    for (const sign of log()) {
      running += sign === '+' ? 1 : -1
      most = Math.max(most, running)
    }
    expect({ most, left: running, lines: log().length }).toEqual({ most: 8, left: 0, lines: 40 })
  })

  test('share processes where many wait, and each has its own answer', async () => {
    const { program, log } = instead('echo $PPID >> LOG; for host; do :; done; echo "hostname $host.example.com"')
    const hosts = Array.from({ length: 100 }, (_, i) => `n${i}`)
    const routes = await Promise.all(hosts.map(resolver('plain', { program })))
    expect(routes.map(({ target }) => target.hostName)).toEqual(hosts.map((host) => `${host}.example.com`))
    expect(log()).toHaveLength(100)
    // Each of the first eight is started by us.
    expect(new Set(log()).size).toBeLessThan(30)
  })

  test('do not answer for one among them that is refused, hangs or prints without end', async () => {
    const odd = `case $host in
      n50) echo "no such thing" >&2; exit 255 ;;
      n60) exec sleep 987 ;;
      n70) exec yes user karin ;;
    esac`
    const { program, log } = instead(`for host; do :; done; echo "$host" >> LOG; ${odd}`)
    const hosts = Array.from({ length: 100 }, (_, i) => `n${i}`)
    const asked = hosts.map(resolver('plain', { program, timeLimit: 2000 }))
    const failed = (await Promise.allSettled(asked)).flatMap(({ status }, index) =>
      status === 'rejected' ? [hosts[index]] : [],
    )
    expect(failed).toEqual(['n50', 'n60', 'n70'])
    const [refused, hanging, endless] = [50, 60, 70].map((index) => refusal(asked[index] ?? Promise.reject()))
    expect(await refused).toEqual({ state: 'denied', cause: 'ssh refuses its configuration: no such thing' })
    expect(await hanging).toMatchObject({ cause: expect.stringMatching(/^ssh -G gave no answer within 2 s/) })
    expect(await endless).toMatchObject({ cause: expect.stringMatching(/^ssh -G prints more than 256 KB/) })
    expect(new Set(log())).toEqual(new Set(hosts))
  })

  test('are asked about once in a run, but a failure is asked again', async () => {
    const { program, log } = instead('echo "$6" >> LOG; [ $(wc -l < LOG) -gt 1 ]')
    const route = resolver('plain', { program })
    expect(await refusal(route('web'))).toMatchObject({ state: 'denied' })
    await route('web')
    await route('web')
    expect(log()).toEqual(['web', 'web'])
  })

  test('are asked about again after a key press, and so are the keys and tickets of this machine', async () => {
    const { program, log } = instead(
      `echo "$6" >> LOG; printf 'identityfile ${folder}/late\ngssapiauthentication yes\n'`,
    )
    const environment = { ...client.environment, KRB5CCNAME: join(folder, 'late-ticket') }
    const route = resolver('plain', { program, client: { ...client, environment } })
    const needs = async () => (await route('web')).target.needsOpenSsh
    expect(await needs()).toEqual([])
    writeFileSync(join(folder, 'late-ticket'), '')
    makeKey(folder, 'late', 'ed25519')
    writeFileSync(join(folder, 'late-cert.pub'), '')
    expect(await needs()).toEqual([])
    route.forget()
    expect(await needs()).toEqual([
      `there is a certificate for ${folder}/late`,
      'GSSAPIAuthentication yes, and there is a Kerberos ticket',
    ])
    expect(log()).toEqual(['web', 'web'])
  })

  test('end with kntop', async () => {
    const { program, log } = instead('echo $$ >> LOG; exec sleep 987')
    const asked = refusal(resolve('plain', 'web', { program }))
    await vi.waitFor(() => expect(log()).toHaveLength(1))
    end()
    expect(await asked).toEqual({ state: 'lost', cause: 'closed' })
    await vi.waitFor(() => expect(() => process.kill(Number(log()[0]), 0)).toThrow('ESRCH'))
    expect(await refusal(resolve('plain', 'web', { program }))).toEqual({ state: 'lost', cause: 'closed' })
  })
})
