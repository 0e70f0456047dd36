import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Channel, Connection, Exit } from '../../../source/nodes/connections/connection.ts'
import { createTurns, inTurns } from '../../../source/nodes/connections/turns.ts'
import { clean } from '../../../source/text/clean.ts'

describe('turns', () => {
  test('come later, in the order in which they were asked for', async () => {
    const turns = createTurns()
    const done: number[] = []
    for (const number of [1, 2, 3]) turns(() => done.push(number))
    expect(done).toEqual([])
    await turn()
    expect(done).toEqual([1, 2, 3])
    turns(() => done.push(4))
    await turn()
    expect(done).toEqual([1, 2, 3, 4])
  })

  test('give way to others after 8 ms', async () => {
    let at = 0
    const turns = createTurns(() => at)
    const done: string[] = []
    for (const name of ['a', 'b', 'c'])
      turns(() => {
        at += 5
        done.push(name)
      })
    await turn()
    expect(done).toEqual(['a', 'b'])
    await turn()
    expect(done).toEqual(['a', 'b', 'c'])
  })

  test('asked for in a turn are further ones', async () => {
    const turns = createTurns()
    const done: string[] = []
    turns(() => {
      done.push('first')
      turns(() => done.push('second'))
    })
    await turn()
    await turn()
    expect(done).toEqual(['first', 'second'])
  })
})

describe('a connection', () => {
  test('tells what a program wrote before it tells that the program ended', async () => {
    const exit = Promise.withResolvers<Exit>()
    let write: (chunk: Buffer) => void = () => undefined
    const channel: Channel = {
      write: () => undefined,
      onData: (listener) => {
        write = listener
      },
      close: () => undefined,
      exit: exit.promise,
    }
    const connection: Connection = {
      transport: 'local',
      closed: new Promise(() => undefined),
      stream: () => Promise.resolve(channel),
      close: () => undefined,
    }
    const heard: string[] = []
    const { stream } = inTurns(connection, createTurns())
    const running = await stream({ argv: ['true'] }, new AbortController().signal)
    running.onData((chunk) => heard.push(chunk.toString()))
    const ended = running.exit.then(() => heard.push('ended'))
    write(Buffer.from('one'))
    exit.resolve({ code: 0, signal: null, stderr: clean('') })
    write(Buffer.from('two'))
    expect(heard).toEqual([])
    await ended
    expect(heard).toEqual(['one', 'two', 'ended'])
  })
})
