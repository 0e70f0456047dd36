import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { changeFile } from '../../../../source/nodes/connections/ssh/locked-file.ts'
import { testFolder } from './logging-in.ts'

/** A file in a folder of its own, and its lock. */
const place = () => {
  const folder = join(testFolder(), 'own')
  mkdirSync(folder, { mode: 0o700 })
  const file = join(folder, 'known_hosts')
  return { folder, file, lock: `${file}.lock` }
}

const minuteAgo = (): number => Date.now() / 1000 - 60

const leaveStale = (path: string): void => {
  writeFileSync(path, 'a part')
  utimesSync(path, minuteAgo(), minuteAgo())
}

const contentOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
const adding = (file: string, line: string) => () => Promise.resolve(`${contentOf(file)}${line}\n`)

describe('a lock that somebody left behind', () => {
  test('is removed by one of those who find it, and all of them write', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { folder, file, lock } = place()
      leaveStale(lock)
      const lines = Array.from({ length: 8 }, (_, index) => `line ${index}`)
      await Promise.all(lines.map((line) => changeFile(file, adding(file, line))))
      expect(readFileSync(file, 'utf8').split('\n').filter(Boolean).toSorted()).toEqual(lines)
      expect(readdirSync(folder)).toEqual(['known_hosts'])
    }
  })

  test('is left to who removes it just now', async () => {
    const { file, lock } = place()
    leaveStale(lock)
    writeFileSync(`${lock}.stale`, '')
    setTimeout(() => {
      writeFileSync(file, 'of another\n')
      for (const gone of [lock, `${lock}.stale`]) rmSync(gone)
    }, 50)
    await changeFile(file, adding(file, 'mine'))
    expect(readFileSync(file, 'utf8')).toBe('of another\nmine\n')
  })

  test('by one that died as it removed another’s is removed as well', async () => {
    const { folder, file, lock } = place()
    for (const left of [lock, `${lock}.stale`]) leaveStale(left)
    await changeFile(file, adding(file, 'mine'))
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['mine\n', ['known_hosts']])
  })

  test('is removed itself where it leads elsewhere, and nothing is written there', async () => {
    const { folder, file, lock } = place()
    const elsewhere = join(folder, 'elsewhere')
    writeFileSync(elsewhere, 'as it was')
    symlinkSync(elsewhere, lock)
    const linked = lstatSync(lock).mtimeMs
    vi.spyOn(Date, 'now').mockReturnValue(linked + 11_000)
    try {
      await changeFile(file, adding(file, 'mine'))
    } finally {
      vi.restoreAllMocks()
    }
    expect([contentOf(elsewhere), contentOf(file), existsSync(lock)]).toEqual(['as it was', 'mine\n', false])
  })
})

describe('one whose lock was taken away while it was held up', () => {
  test('begins again, once the other is done', async () => {
    const { folder, file, lock } = place()
    let times = 0
    await changeFile(file, () => {
      times += 1
      if (times === 1) {
        rmSync(lock)
        writeFileSync(lock, 'of another\n')
        setTimeout(() => renameSync(lock, file), 50)
      }
      return adding(file, 'mine')()
    })
    expect([times, readFileSync(file, 'utf8')]).toEqual([2, 'of another\nmine\n'])
    expect(readdirSync(folder)).toEqual(['known_hosts'])
  })

  test.each([
    ['has nothing to write', () => Promise.resolve(undefined)],
    ['fails', () => Promise.reject(new Error('unreadable'))],
  ])('leaves the other its own, also where it %s', async (_, outcome) => {
    const { file, lock } = place()
    await changeFile(file, () => {
      rmSync(lock)
      writeFileSync(lock, 'of another')
      return outcome()
    }).catch(() => undefined)
    expect([readFileSync(lock, 'utf8'), existsSync(file)]).toEqual(['of another', false])
  })

  test('time and again gives up, and says so', async () => {
    const { folder, file, lock } = place()
    const changing = changeFile(file, () => {
      rmSync(lock)
      return Promise.resolve('mine')
    })
    await expect(changing).rejects.toThrow(/known_hosts is not written: it took over 10 s, twice/)
    expect(readdirSync(folder)).toEqual([])
  })
})
