import { existsSync, linkSync, lstatSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newControlPath } from '../../../../source/nodes/connections/openssh/control-path.ts'
import { newSocketName, removeLeftSockets } from '../../../../source/nodes/connections/openssh/control-sockets.ts'
import { makeFolder } from './folder.ts'

const listen = async (path: string): Promise<() => Promise<void>> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  onTestFinished(close)
  return close
}

const age = (path: string, seconds = 120): void => {
  const then = Date.now() / 1000 - seconds
  utimesSync(path, then, then)
}

/** A socket as one is left by an ssh that was killed: nobody listens on it, and node removes only its first name. */
const leave = async (path: string): Promise<string> => {
  const close = await listen(`${path}.first`)
  linkSync(`${path}.first`, path)
  await close()
  age(path)
  return path
}

describe('sockets that were left', () => {
  test('are removed, and nothing else is', async () => {
    const folder = makeFolder()
    const named = (name = newSocketName()): string => join(folder, name)
    const left = await leave(named())
    const live = named()
    await listen(live)
    age(live)
    const young = await leave(named())
    age(young, 30)
    const file = named()
    writeFileSync(file, '')
    age(file)
    const outside = await leave(join(makeFolder(), newSocketName()))
    const link = named()
    symlinkSync(outside, link)
    const others = [await leave(named('known_hosts')), await leave(named(`${newSocketName()}0`))]

    await removeLeftSockets(folder)
    expect(existsSync(left)).toBe(false)
    for (const path of [live, young, file, outside, ...others]) expect(existsSync(path), path).toBe(true)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })

  test('of another machine stay: in a home that both have, also a live one of it refuses here', async () => {
    const folder = makeFolder()
    const there = newSocketName('another machine')
    await leave(join(folder, there))
    await removeLeftSockets(folder)
    expect(readdirSync(folder)).toEqual([there])
  })

  test('are a thousand at most: the next run takes more', async () => {
    const folder = makeFolder()
    const first = await leave(join(folder, newSocketName()))
    for (let index = 1; index < 1003; index++) linkSync(first, join(folder, newSocketName()))
    await removeLeftSockets(folder)
    expect(readdirSync(folder)).toHaveLength(3)
    await removeLeftSockets(folder)
    expect(readdirSync(folder)).toEqual([])
  })

  test('are looked for by the first login that uses a folder', async () => {
    const folder = makeFolder()
    const left = await leave(join(folder, newSocketName()))
    await newControlPath(folder, undefined)
    await expect.poll(() => existsSync(left)).toBe(false)
  })

  test('in a folder that is not there are none', async () => {
    await expect(removeLeftSockets(join(makeFolder(), 'none'))).resolves.toBeUndefined()
  })
})

test('the name of a socket is another each time, and has 14 letters: a path may have 86', () => {
  const names = Array.from({ length: 50 }, () => newSocketName())
  expect(new Set(names).size).toBe(50)
  for (const name of names) expect(name).toMatch(/^m-[0-9a-f]{12}$/)
})
