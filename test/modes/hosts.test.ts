import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Settings } from '../../source/config/settings.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'
import { hostsOf } from '../../source/modes/hosts.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-hosts-'))
  writeFileSync(join(folder, 'config'), 'Host web1 web2 web9\n  User karin\nHost db1 !x *.example.com\nHost *\n')
  writeFileSync(join(folder, 'list'), '# the fleet\nn1\n\nn2 # second\nn1\n')
  writeFileSync(join(folder, 'bad'), 'n1\nkarin@n2\n')
  writeFileSync(join(folder, 'empty'), '# nothing\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const given = (more: Partial<Settings>) =>
  hostsOf({
    hosts: [],
    hostsFile: undefined,
    sshConfig: join(folder, 'config'),
    provenance: {
      hosts: { from: 'flag', flag: '--hosts' },
      hostsFile: { from: 'environment', variable: 'KNTOP_HOSTS_FILE' },
    } as unknown as Settings['provenance'],
    ...more,
  })

const wrong = async (more: Partial<Settings>): Promise<string> => {
  const error: unknown = await given(more).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(WrongUse)
  return (error as WrongUse).message
}

describe('hosts', () => {
  test('are none where none are named', async () => {
    expect(await given({})).toEqual([])
  })

  test('are what is named, patterns expanded by the configuration, each once', async () => {
    expect(await given({ hosts: ['n1', 'web*', '!web9', 'web1'] })).toEqual(['n1', 'web1', 'web2'])
  })

  test('that are no DNS names are tried all the same: their link says what is wrong', async () => {
    expect(await given({ hosts: ['karin@n1', 'ssh://n2', '-n3', 'under_score', '10.0.0.7', '2001:db8::1'] })).toEqual([
      ...['karin@n1', 'ssh://n2', '-n3', 'under_score', '10.0.0.7', '2001:db8::1'],
    ])
  })

  test('stand in a file too, and beside those that are named', async () => {
    expect(await given({ hosts: ['n2', 'n3'], hostsFile: join(folder, 'list') })).toEqual(['n2', 'n3', 'n1'])
  })
})

describe('wrong use', () => {
  test('is a pattern that matches nothing', async () => {
    expect(await wrong({ hosts: ['n1', 'mail*'] })).toBe('--hosts: mail* matches no Host of the ssh configuration')
  })

  test('is a file that is not there, names nobody, or holds what is no host; its line is named', async () => {
    expect(await wrong({ hostsFile: join(folder, 'none') })).toMatch(
      /^KNTOP_HOSTS_FILE: .*none: there is no such file$/,
    )
    expect(await wrong({ hostsFile: join(folder, 'empty') })).toMatch(/no host is named: write one name a line$/)
    expect(await wrong({ hostsFile: join(folder, 'bad') })).toMatch(/bad:2: a host name holds no user/)
    expect(await wrong({ hostsFile: folder })).toMatch(/^KNTOP_HOSTS_FILE: .*: it is a folder$/)
  })

  test.each(['grün', 'a b', 'x'.repeat(254), 'a\u202eb'])(
    'is a name that cannot be drawn or is too long, %j: it is never left out in silence',
    async (host) => {
      expect(await wrong({ hosts: ['n1', host] })).toMatch(/is no name of a host/)
    },
  )

  test('is an ssh configuration that is not there, as soon as it is asked', async () => {
    await expect(given({ hosts: ['web*'], sshConfig: join(folder, 'nowhere') })).rejects.toThrow()
  })
})
