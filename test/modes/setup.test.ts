import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../source/config/file.ts'
import { resolve } from '../../source/config/resolve.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'
import { askedFor, localName, localSettings } from '../../source/modes/setup.ts'

const known = ['disk-probe', 'dns-capture']
const asked = (names: string, transport: 'local' | 'ssh') => [
  ...askedFor(resolve({ flags: { with: names }, environment: {} }, null), transport),
]

describe('the opt-ins of a connection', () => {
  it('are none unless asked for', () => {
    expect([...askedFor(resolve({ flags: {}, environment: {} }, null), 'local')]).toEqual([])
  })

  it.each([
    ['disk-probe', ['disk-probe'], ['disk-probe']],
    ['all', known, known],
    ['all@local', known, []],
    ['disk-probe,dns-capture@local', known, ['disk-probe']],
  ])('with %s', (names, local, ssh) => {
    expect(asked(names, 'local')).toEqual(local)
    expect(asked(names, 'ssh')).toEqual(ssh)
  })

  it('that do not exist are refused, with the name that was meant or all there are', () => {
    expect(() => asked('disk-prob', 'local')).toThrow(WrongUse)
    expect(() => asked('disk-prob', 'local')).toThrow(
      '--with: no opt-in is called "disk-prob" (did you mean disk-probe?)',
    )
    expect(() => asked('ebpf@local', 'ssh')).toThrow('no opt-in is called "ebpf": known are disk-probe, dns-capture')
  })
})

describe('opt-ins in contexts of the configuration', () => {
  const file = parseConfig('contexts:\n  prod:\n    with: [disk-prob]\n', '/x/config.yaml')

  it('are wrong at once, by file and line', () => {
    const settings = resolve({ flags: {}, environment: {}, file }, null)
    expect(() => askedFor(settings, 'local')).toThrow(WrongUse)
    expect(() => askedFor(settings, 'local')).toThrow(
      '/x/config.yaml:3: no opt-in is called "disk-prob" (did you mean disk-probe?)',
    )
  })
})

describe('the disk probe of this machine', () => {
  const folderOf = (flags: Parameters<typeof resolve>[0]['flags'], stateFolder: string | undefined) =>
    localSettings(resolve({ flags, environment: {} }, null), { stateFolder }).diskProbeFolder

  it('is told the state folder by name, unless another is named', () => {
    expect(folderOf({}, '/srv/state/kntop')).toBe('/srv/state/kntop')
    expect(folderOf({ diskProbeFolder: '/srv/etcd' }, '/srv/state/kntop')).toBe('/srv/etcd')
    expect(folderOf({}, undefined)).toBeUndefined()
  })
})

describe('the name of this machine', () => {
  it('is its host name', () => {
    expect(localName('cp-1.example.org')).toBe('cp-1.example.org')
  })

  it.each(['', 'my host', 'my_host', '\u001b[31mred', 'a'.repeat(300)])('is localhost where that is %j', (name) => {
    expect(localName(name)).toBe('localhost')
  })
})
