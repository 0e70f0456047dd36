import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../source/config/file.ts'
import { settingKeys } from '../../source/config/settings.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'

const parse = (text: string) => parseConfig(text, 'config.yaml')

const complaint = (text: string): string => {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof WrongUse) return error.message
    throw error
  }
  return 'nothing'
}

describe('a configuration', () => {
  it('may be empty, or only comments', () => {
    for (const text of ['', '# nothing yet\n', '---\n']) expect(parse(text).base.values).toEqual({})
  })

  it('holds settings, each with its line', () => {
    const text = `with: [disk-probe, dns-capture@local]
historyMemory: 128MB
etcdMetrics:
  - http://127.0.0.1:2381/metrics
diskProbeFolder: /var/lib/probe
color: 256
glyphs: ascii
`
    const { base } = parse(text)
    expect(base.values).toEqual({
      with: [{ name: 'disk-probe' }, { name: 'dns-capture', connection: 'local' }],
      historyMemory: 128e6,
      etcdMetrics: ['http://127.0.0.1:2381/metrics'],
      diskProbeFolder: '/var/lib/probe',
      color: '256',
      glyphs: 'ascii',
    })
    expect([base.lines.get('with'), base.lines.get('etcdMetrics'), base.lines.get('glyphs')]).toEqual([1, 3, 7])
  })

  it('holds the same for each context', () => {
    const { contexts } = parse('contexts:\n  prod:\n    with: []\n    thresholds: {cpu.busy: {note: {raise: 95}}}\n')
    expect(contexts.get('prod')?.values).toEqual({ with: [] })
    expect(contexts.get('prod')?.thresholds.get('cpu.busy')?.note).toEqual({ raise: 95, place: 'config.yaml:4' })
  })

  it('names the hosts that nodes of a cluster are to ssh', () => {
    const { base, contexts } = parse('nodes: {worker-7: db7.example.org}\ncontexts: {prod: {nodes: {w-8: 10.0.0.8}}}\n')
    expect(base.nodes).toEqual({ 'worker-7': 'db7.example.org' })
    expect(contexts.get('prod')?.nodes).toEqual({ 'w-8': '10.0.0.8' })
  })

  it('may use anchors', () => {
    const text = 'thresholds:\n  pressure.io: &io\n    warning: {raise: 60}\n  pressure.memory: *io\n'
    expect(parse(text).base.thresholds.get('pressure.memory')?.warning?.raise).toBe(60)
  })
})

describe('a wrong configuration names file, line, key and what is right', () => {
  it.each([
    ['historymemory: 64MB', 'config.yaml:1: unknown key "historymemory" (did you mean historyMemory?)'],
    ['nodes: {Worker_7: a}', 'config.yaml:1: nodes.Worker_7: this is no name of a node of Kubernetes'],
    [
      'nodes: [a, b]',
      'config.yaml:1: nodes: write nodes and the hosts that they are to ssh: worker-7: db7.example.org',
    ],
    ['nodes: {w: a b}', 'config.yaml:1: nodes.w: "a b" is no name of a host: write names of hosts, as ssh takes them'],
    ['\n\nzzz: 1', `config.yaml:3: unknown key "zzz"; known are ${settingKeys.join(', ')}, nodes, thresholds`],
    ['historyMemory: 64XB', 'config.yaml:1: historyMemory: "64XB" is not a size: write a size such as 64MB'],
    ['historyMemory: 64', 'config.yaml:1: historyMemory: write a size such as 64MB'],
    ['historyMemory: 1MB', 'config.yaml:1: historyMemory: "1MB" is too small'],
    ['historyMemory: 5GB', 'config.yaml:1: historyMemory: "5GB" is too much'],
    ['historyMemory:', 'config.yaml:1: historyMemory: write a size'],
    ['with: disk-probe', 'config.yaml:1: with: write a list of names such as [disk-probe, dns-capture]'],
    ['with:\n  - all\n  - Disk Probe', 'config.yaml:3: with.1: "Disk Probe" is no name of an opt-in'],
    ['etcdMetrics: [ftp://a/]', 'config.yaml:1: etcdMetrics.0: neither http nor https'],
    [
      'diskProbeFolder: here',
      'config.yaml:1: diskProbeFolder: "here" is no such path: write a folder from the root on',
    ],
    ['glyphs: emoji', 'config.yaml:1: glyphs: "emoji" is not one of auto, braille, block, ascii'],
    ['a: b: c', 'config.yaml:1: not YAML: '],
    ['with: []\nwith: []', 'config.yaml:2: not YAML: Map keys must be unique'],
    ['- 1', 'config.yaml:1: write settings, one a line'],
    ['contexts:\n  prod:\n    wiht: []', 'config.yaml:3: unknown key "wiht" (did you mean with?)'],
    ['contexts:\n  prod:\n    contexts: {}', 'config.yaml:3: unknown key "contexts"'],
    ['contexts: [prod]', 'config.yaml:1: contexts: write contexts and their settings'],
    [
      'thresholds:\n  conntrack.fil: {}',
      'config.yaml:2: thresholds.conntrack.fil: "conntrack.fil" is no metric (did you mean conntrack.fill?)',
    ],
    [
      'thresholds:\n  conntrack.fill:\n    warn: {raise: 1}',
      'config.yaml:3: unknown key "warn"; known are note, warning, critical',
    ],
    [
      'thresholds:\n  conntrack.fill:\n    warning:\n      rise: 70',
      'config.yaml:4: unknown key "rise" (did you mean raise?)',
    ],
    [
      'thresholds: {conntrack.fill: {warning: {raise: "80"}}}',
      'thresholds.conntrack.fill.warning.raise: write a number',
    ],
    [
      'thresholds: {conntrack.fill: {warning: {raise: .nan}}}',
      'thresholds.conntrack.fill.warning.raise: write a number',
    ],
    ['thresholds: {conntrack.fill: {warning: {hold: -1}}}', 'thresholds.conntrack.fill.warning.hold: seconds are not'],
    ['thresholds: {conntrack.fill: {warning: {}}}', 'thresholds.conntrack.fill.warning: write at least one of'],
    [
      'with: [all, none]',
      'config.yaml:1: with.1: "none" names no opt-in (nothing at all is none in a flag or variable, [] in the file)',
    ],
  ])('%j', (text, expected) => {
    expect(complaint(text)).toContain(expected)
  })

  it('a level that does not fit those it is laid over, by the line that was written', () => {
    const text = 'thresholds:\n  conntrack.fill:\n    warning:\n      raise: 70\n'
    expect(complaint(text)).toBe(
      'config.yaml:3: thresholds.conntrack.fill.warning: clear (75) is above raise (70), but higher is worse: write a clear of at most 70',
    )
  })

  it('a level of a context that does not fit the file’s own', () => {
    const text = `thresholds: {conntrack.fill: {warning: {raise: 60, clear: 50}}}
contexts:
  prod:
    thresholds: {conntrack.fill: {warning: {clear: 65}}}
`
    expect(complaint(text)).toContain(
      'config.yaml:4: thresholds.conntrack.fill.warning: clear (65) is above raise (60)',
    )
  })

  it('a level of a context that is entered only past a worse one of the file', () => {
    const text = `thresholds: {conntrack.fill: {critical: {raise: 85, clear: 80}}}
contexts:
  prod:
    thresholds:
      conntrack.fill:
        warning: {raise: 88}
`
    expect(complaint(text)).toBe(
      'config.yaml:6: thresholds.conntrack.fill.warning: raise of warning (88) is above that of critical (85), but higher is worse: write a raise of at most 85 for warning, or another one for critical',
    )
  })

  it('never with a password that stands in a URL', () => {
    const message = complaint('etcdMetrics: ["http://karin:hunter2@node/metrics"]')
    expect(message).toContain('credentials in a URL')
    expect(message).not.toContain('hunter2')
  })

  it('in one line without control characters', () => {
    expect(complaint('"\\e[31mred": 1')).toBe(
      `config.yaml:1: unknown key "\ufffd[31mred"; known are ${settingKeys.join(', ')}, nodes, thresholds, contexts`,
    )
  })

  it('whatever the text is', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'with: [all]',
        'contexts:',
        '  prod:',
        '    color: 16',
        'thresholds:',
        '- x',
        '<<: *a',
        '&a b: c',
      ),
      fc.string({ maxLength: 20, unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const message = complaint(lines.join('\n'))
        return message === 'nothing' || /^config\.yaml:\d+: [^\n]+$/.test(message)
      }),
    )
  })
})
