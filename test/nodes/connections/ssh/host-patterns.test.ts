import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { thisClient } from '../../../../source/nodes/connections/ssh/client.ts'
import { loadConfig } from '../../../../source/nodes/connections/ssh/config-files.ts'
import { concreteHosts, expandHosts } from '../../../../source/nodes/connections/ssh/host-patterns.ts'
import { parseHostsFile, readHostsFile } from '../../../../source/nodes/connections/ssh/hosts-file.ts'
import { temporaryFolder } from './openssh.ts'
import { writeConfigs } from './written-configs.ts'

const { folder, remove } = temporaryFolder()
afterAll(remove)
const config = writeConfigs(folder)

describe('a list of hosts', () => {
  const known = async (): Promise<readonly string[]> => ['web-1', 'web-2', 'web-10', 'db', 'Db']

  test.each<[string, readonly string[]]>([
    ['n1,n2', ['n1', 'n2']],
    [' n1 , n2,, n1 ', ['n1', 'n2']],
    ['web-*', ['web-1', 'web-2', 'web-10']],
    ['web-?,n1', ['web-1', 'web-2', 'n1']],
    ['web-*,!web-1*', ['web-2']],
    ['!web-2,web-?', ['web-1']],
    ['db', ['db']],
    ['D*', ['Db']],
    ['n1,n2,!n2', ['n1']],
    ['karin@web', ['karin@web']],
  ])('%s', async (argument, hosts) => {
    expect(await expandHosts(argument, known)).toEqual({ hosts })
  })

  test.each<[string, readonly string[]]>([
    ['', ['no host is named']],
    [' , ', ['no host is named']],
    ['!web-1', ['no host is named']],
    ['wbe-*,db', ['wbe-* matches no Host of the ssh configuration']],
    ['web-*,!web-7', ['!web-7 takes away none of the hosts']],
    ['x*,y*', ['x* matches no Host of the ssh configuration', 'y* matches no Host of the ssh configuration']],
    ['db,!*', ['no host is left']],
  ])('%j is a slip', async (argument, problems) => {
    expect(await expandHosts(argument, known)).toEqual({ problems })
  })

  test('reads no configuration for plain names', async () => {
    const asked = vi.fn<typeof known>(known)
    await expandHosts('n1,n2,!n2', asked)
    expect(asked).not.toHaveBeenCalled()
  })
})

describe('the names in a configuration', () => {
  const client = thisClient()
  const names = async (name: string) => concreteHosts(await loadConfig(config(name), client))

  test('are those that stand for one host, each once', async () => {
    expect(await names('plain')).toEqual(['web', 'web-2', 'DB', 'ipv6'])
  })

  test('are those of included files too, in their order, also of a file included inside a block', async () => {
    expect(await names('include')).toEqual(['first', 'second', 'after', 'inside'])
    writeFileSync(config('nested'), `Host outer\n  Include ${folder}/parts/10-first.conf\nHost last\n`)
    expect(await names('nested')).toEqual(['outer', 'first', 'second', 'last'])
  })

  test('are read past what ssh finds empty: a folder, and a link to nothing, also where it is named', async () => {
    const more = join(folder, 'config.d')
    mkdirSync(join(more, 'folder'), { recursive: true })
    symlinkSync(join(folder, 'nowhere'), join(more, 'dangling'))
    writeFileSync(join(more, 'file'), 'Host there\n')
    const named = ['*', 'folder', 'dangling', 'missing', 'file/below'].map((name) => join(more, name))
    writeFileSync(config('odd'), `Include ${named.join(' ')}\nHost last\n`)
    expect(await names('odd')).toEqual(['there', 'last'])
  })

  test('are not known where ssh ends as well: an included file that cannot be read', async () => {
    symlinkSync('loop', join(folder, 'loop'))
    writeFileSync(config('loops'), `Include ${folder}/loop\n`)
    await expect(names('loops')).rejects.toMatchObject({ reason: { cause: expect.stringContaining('ELOOP') } })
  })

  test('are not those of Match', async () => {
    expect(await names('match')).toEqual([])
  })

  test('come from the user’s own file where none is named, and includes start in its folder', async () => {
    const home = join(folder, 'home')
    mkdirSync(join(home, '.ssh', 'more'), { recursive: true })
    writeFileSync(join(home, '.ssh', 'config'), 'Include more/*\nHost mine\n')
    writeFileSync(join(home, '.ssh', 'more', 'b'), 'Host b\n')
    writeFileSync(join(home, '.ssh', 'more', 'a'), 'Host a\n')
    const found = concreteHosts(await loadConfig(undefined, { ...client, home }))
    expect(found.slice(0, 3)).toEqual(['a', 'b', 'mine'])
  })

  test('are none where there is no file, or none is wanted', async () => {
    expect(await loadConfig('none', client)).toHaveLength(0)
    const empty = { ...client, home: join(folder, 'nobody') }
    expect(concreteHosts(await loadConfig(undefined, empty))).toEqual(
      concreteHosts(await loadConfig('/etc/ssh/ssh_config', empty)),
    )
  })
})

describe('a file of hosts', () => {
  test('holds one a line, with comments and blank lines, whatever ends the lines', () => {
    expect(parseHostsFile('hosts', '# fleet\r\nn1\r\n\r\n  n2  # the slow one\nn1\nn3#4\n')).toEqual({
      hosts: ['n1', 'n2', 'n3#4'],
    })
  })

  test('names every line that is wrong', () => {
    expect(parseHostsFile('hosts', 'n1\nn2 n3\n\n-x\nweb*\n')).toEqual({
      problems: [
        'hosts:2: one host stands on a line',
        'hosts:4: a host name must not begin with -, which ssh takes for an option',
        'hosts:5: a host name holds no quotes, wildcards, commas or other characters that mean something to a shell',
      ],
    })
  })

  test('that names nobody is a problem', () => {
    expect(parseHostsFile('hosts', '# later\n')).toEqual({
      problems: ['hosts: no host is named: write one name a line'],
    })
  })

  test('is read from the disk, and one that is not there or is no list is a problem', async () => {
    const path = join(folder, 'hosts')
    writeFileSync(path, 'n1\n')
    expect(await readHostsFile(path)).toEqual({ hosts: ['n1'] })
    writeFileSync(path, 'x'.repeat(1024 * 1024 + 1))
    expect(await readHostsFile(path)).toEqual({ problems: [`${path}: larger than 1 MB, which is no list of hosts`] })
    const missing = join(folder, 'missing')
    expect(await readHostsFile(missing)).toEqual({
      problems: [`${missing}: there is no such file`],
    })
    expect(await readHostsFile(folder)).toMatchObject({ problems: [expect.stringContaining('it is a folder')] })
  })
})
