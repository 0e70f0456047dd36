import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../source/config/file.ts'
import { resolve } from '../../source/config/resolve.ts'
import { provenanceText, settingKeys, settingsTable } from '../../source/config/settings.ts'

const file = parseConfig(
  `historyMemory: 32MB
color: 16
thresholds: {conntrack.fill: {warning: {raise: 85}}}
contexts:
  prod:
    historyMemory: 16MB
    thresholds: {conntrack.fill: {warning: {raise: 88}}}
`,
  'config.yaml',
)
const nothing = { flags: {}, environment: {} }

describe('each setting', () => {
  it('has its default where nothing is said', () => {
    const { thresholds, nodes, provenance, contextOptIns, ...values } = resolve(nothing, null)
    expect(contextOptIns).toEqual([])
    expect(nodes).toEqual({})
    expect(values).toEqual(Object.fromEntries(settingKeys.map((key) => [key, settingsTable[key].default])))
    expect(thresholds).toEqual({})
    expect(new Set(Object.values(provenance).map(({ from }) => from))).toEqual(new Set(['default']))
  })

  it('is taken from the flag, else the environment, else the context, else the file, and knows which', () => {
    const flags = { historyMemory: '8MB' }
    const environment = { KNTOP_HISTORY_MEMORY: '12MB' }
    const layers = [
      resolve({ flags, environment, file }, 'prod'),
      resolve({ flags: {}, environment, file }, 'prod'),
      resolve({ flags: {}, environment: {}, file }, 'prod'),
      resolve({ flags: {}, environment: {}, file }, null),
    ]
    expect(layers.map(({ historyMemory }) => historyMemory / 1e6)).toEqual([8, 12, 16, 32])
    expect(layers.map(({ provenance }) => provenance.historyMemory)).toEqual([
      { from: 'flag', flag: '--history-memory' },
      { from: 'environment', variable: 'KNTOP_HISTORY_MEMORY' },
      { from: 'context', context: 'prod', file: 'config.yaml', line: 6 },
      { from: 'file', file: 'config.yaml', line: 1 },
    ])
    expect(layers.map(({ provenance }) => provenanceText(provenance.historyMemory))).toEqual([
      '--history-memory',
      'KNTOP_HISTORY_MEMORY',
      'config.yaml:6',
      'config.yaml:1',
    ])
  })

  it('of a context that the file does not name is the file’s', () => {
    expect(resolve({ ...nothing, file }, 'constructor').historyMemory).toBe(32e6)
  })

  it('is not taken from an empty variable', () => {
    expect(resolve({ flags: {}, environment: { KNTOP_COLOR: '' }, file }, null).color).toBe('16')
  })

  it('that is a list is separated by commas, and none empties it', () => {
    const flags = { with: 'disk-probe, all@local' }
    expect(resolve({ ...nothing, flags }, null).with).toEqual([
      { name: 'disk-probe' },
      { name: 'all', connection: 'local' },
    ])
    expect(resolve({ flags: { with: 'none' }, environment: { KNTOP_WITH: 'all' } }, null).with).toEqual([])
  })

  it.each([
    [
      { with: 'all@local,none' },
      '--with: none beside other values contradicts them: write none alone, or leave it out',
    ],
    [{ with: 'none, disk-probe' }, '--with: none beside other values'],
    [{ with: 'none,none' }, '--with: none beside other values'],
    [{ with: 'none@local' }, '--with: "none@local" names no opt-in (nothing at all is none in a flag'],
    [{ etcdMetrics: 'none,http://karin:hunter2@node/metrics' }, /^--etcd-metrics: none beside [^@]*$/],
  ])('that is a list and contradicts itself is refused: %j', (flags, message) => {
    expect(() => resolve({ ...nothing, flags }, null)).toThrow(message)
  })

  it('that is a list and contradicts itself in the environment names the variable', () => {
    expect(() => resolve({ flags: {}, environment: { KNTOP_WITH: 'all,none' } }, null)).toThrow(
      'KNTOP_WITH: none beside other values contradicts them',
    )
  })

  it('that is wrong names the flag or the variable', () => {
    expect(() => resolve({ ...nothing, flags: { glyphs: 'emoji' } }, null)).toThrow(
      '--glyphs: "emoji" is not one of auto, braille, block, ascii',
    )
    expect(() => resolve({ flags: {}, environment: { KNTOP_WITH: 'a,,b' } }, null)).toThrow(
      'KNTOP_WITH: "" is no name of an opt-in',
    )
  })
})

describe('thresholds', () => {
  it('of the context lie over those of the file', () => {
    expect(resolve({ ...nothing, file }, null).thresholds['conntrack.fill']?.warning?.raise).toBe(85)
    expect(resolve({ ...nothing, file }, 'prod').thresholds['conntrack.fill']?.warning).toMatchObject({
      ...{ raise: 88, clear: 75, origin: 'set in config.yaml:7' },
    })
  })
})
