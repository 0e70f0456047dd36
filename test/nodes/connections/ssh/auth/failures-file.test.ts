import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeStateFile } from '../../../../../source/config/state-folder.ts'
import {
  type LoginHistory,
  mayLogin,
  noHistory,
  reduceLogins,
} from '../../../../../source/nodes/connections/ssh/auth/failures.ts'
import {
  failuresFileName,
  keepHistory,
  parseHistory,
  readHistory,
} from '../../../../../source/nodes/connections/ssh/auth/failures-file.ts'

const accepted = (host: string): LoginHistory =>
  reduceLogins(noHistory, { type: 'accepted', account: { host, user: 'karin' }, fingerprint: 'a' })

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-history-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const unexpected = (error: unknown): never => {
  throw new Error('it could not be written', { cause: error })
}

test('what was kept is read again, from a file for its owner only', async () => {
  const keeper = keepHistory((name, content) => writeStateFile(folder, name, content), unexpected)
  keeper.keep(accepted('n1'))
  await keeper.settled()
  expect(await readHistory(folder)).toEqual(accepted('n1'))
  expect(statSync(join(folder, failuresFileName)).mode & 0o777).toBe(0o600)
})

test('of many changes the last is written, one write at a time', async () => {
  const written: string[] = []
  let busy = 0
  const keeper = keepHistory(async (_, content) => {
    busy += 1
    expect(busy).toBe(1)
    await Promise.resolve()
    written.push(content)
    busy -= 1
  }, unexpected)
  for (let index = 0; index < 1000; index += 1) keeper.keep(accepted(`n${index}`))
  await keeper.settled()
  expect(written.length).toBeLessThan(5)
  expect(parseHistory(written.at(-1) ?? '')).toEqual(accepted('n999'))
})

test('a folder that cannot be written is heard of, and later changes are tried again', async () => {
  const heard: unknown[] = []
  let failing = true
  const written: string[] = []
  const keeper = keepHistory(
    (_, content) => {
      if (failing) return Promise.reject(new Error('disk full'))
      written.push(content)
      return Promise.resolve()
    },
    (error) => heard.push(error),
  )
  keeper.keep(accepted('n1'))
  await keeper.settled()
  expect(heard).toHaveLength(1)
  failing = false
  keeper.keep(accepted('n2'))
  await keeper.settled()
  expect(written).toHaveLength(1)
})

test('no file, a folder in its place, one too large, and other versions are an empty history', async () => {
  expect(await readHistory(folder)).toEqual(noHistory)
  writeFileSync(join(folder, failuresFileName), ' '.repeat(8 * 1024 * 1024 + 1))
  expect(await readHistory(folder)).toEqual(noHistory)
  writeFileSync(join(folder, failuresFileName), '{"version":2,"worked":{"karin n1":"a"}}')
  expect(await readHistory(folder)).toEqual(noHistory)
  rmSync(join(folder, failuresFileName))
  mkdirSync(join(folder, failuresFileName))
  expect(await readHistory(folder)).toEqual(noHistory)
})

test('whatever a file holds, reading it does not throw and gives what the program can use', () => {
  const loose = fc.anything({ maxDepth: 4 })
  fc.assert(
    fc.property(loose, loose, loose, (hosts, streaks, worked) => {
      const text = JSON.stringify({ version: 1, hosts, streaks, worked })
      const { hosts: read } = parseHistory(text)
      for (const { count, at } of Object.values(read))
        expect(Number.isInteger(count) && Number.isInteger(at)).toBe(true)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseHistory(text)).toEqual(noHistory)
    }),
  )
})

test('the file holds no control characters of a hostile cause', () => {
  writeFileSync(
    join(folder, failuresFileName),
    JSON.stringify({
      version: 1,
      hosts: { 'karin n1': { count: 1, at: 1, keys: [], refused: [], cause: '\u001b[2J' } },
    }),
  )
  const read = parseHistory(readFileSync(join(folder, failuresFileName), 'utf8'))
  expect(read.hosts['karin n1']?.cause).toBe('\ufffd[2J')
})

test('streaks of a file that gave them no time are as old as its last refusal, and count each host once', () => {
  const text = JSON.stringify({
    version: 1,
    hosts: { 'karin n1': { count: 3, at: 7000, keys: ['a'], refused: ['a'], cause: 'server refused 1 key' } },
    streaks: { 'karin a new': { count: 3, hosts: ['n1', 'n1'] }, 'karin b new': { count: 1, hosts: [] } },
  })
  expect(parseHistory(text).streaks).toEqual({ 'karin a new': { hosts: ['n1'], at: 7000 } })
})

test('a file from before other ways of ssh had a streak of their own stops only who has no key', () => {
  const hosts = ['n1', 'n2', 'n3']
  const start = 1_700_000_000_000
  const cause = 'authentication failed'
  const read = parseHistory(
    JSON.stringify({
      version: 1,
      hosts: { 'karin n1': { count: 1, at: start, keys: [], refused: [], cause } },
      streaks: { 'karin no-key new': { hosts, at: start } },
      worked: { 'karin n1': 'SHA256:a' },
    }),
  )
  const may = (host: string, keys: readonly string[]) => mayLogin(read, { host, user: 'karin' }, keys, start).may
  expect(hosts.map((host) => may(host, ['otherwise']))).toEqual(['login', 'login', 'login'])
  expect(may('n4', [])).toBe('stopped')
  expect(read.worked).toEqual({ 'karin n1': 'SHA256:a' })
})
