import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../source/nodes/sampler/decoder.ts'
import { bytesHeld, cuts, everySecond, seconds } from './any-seconds.ts'
import { feed, framesOf, greeting, type Heard, listen, marker, type Second, threeTakes } from './protocol.ts'

describe('the greeting', () => {
  test('is found behind whatever a login prints, even on the same line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 4000 }), cuts, (noise, places) => {
        const heard = listen()
        feed(heard, `${noise}${greeting()}`, places)
        expect(heard.failures).toEqual([])
        expect(heard.hellos).toEqual([
          {
            pid: 42,
            start: 1234,
            uid: 0,
            engine: 'awk',
            lease: 15,
            relay: true,
            session: '',
            boot: '',
            paths: new Set(['/var/lib/etcd']),
            tools: new Set(['ss', 'curl']),
          },
        ])
      }),
    )
  })

  test('is not an echo of the command, which holds the marker in two halves', () => {
    const heard = listen()
    feed(heard, `sh -c '...' kntop ${marker.slice(0, 12)} ${marker.slice(12)}\n$1$2 pid=1\n`)
    expect(heard).toMatchObject({ hellos: [], failures: [] })
    feed(heard, greeting())
    expect(heard.hellos).toHaveLength(1)
  })

  test('may stand behind 16 KB of noise, and not behind more', () => {
    const room = limits.banner - greeting().length
    for (const noise of ['x'.repeat(room), `${'x'.repeat(room - 1)}\n`, '\n'.repeat(room)]) {
      const heard = listen()
      feed(heard, `${noise}${greeting()}`)
      expect(heard).toMatchObject({ hellos: [{ pid: 42 }], failures: [] })
      const late = listen()
      feed(late, `${noise}\n${greeting()}`)
      expect(late).toMatchObject({ hellos: [], failures: ['floods: more than 16 KB before the greeting'] })
    }
  })

  test.each([
    'pid=42\n',
    'pid=42 start=1 uid=0 engine=perl lease=0 relay=0\n',
    'pid=x start=1 uid=0 engine=awk lease=0 relay=0\n',
    ...[-5, 1, 2, 86_401].map((lease) => `pid=42 start=1 uid=0 engine=awk lease=${lease} relay=0\n`),
    '\n',
  ])('that makes no sense ends the stream: %j', (rest) => {
    const heard = listen()
    feed(heard, `${marker} ${rest}`)
    expect(heard).toMatchObject({ hellos: [], failures: ['a greeting that makes no sense'] })
  })
})

describe('frames', () => {
  test('give what the files held, however the bytes arrive', () => {
    fc.assert(
      fc.property(seconds, cuts, (list, places) => {
        const heard = listen()
        feed(heard, `${greeting()}${framesOf(list).join('')}`, places)
        expect(heard.failures).toEqual([])
        const held: (readonly string[] | undefined)[] = threeTakes.map(() => undefined)
        const expected = list.map(({ uptime, groups: read, texts }, index) => {
          threeTakes.forEach(({ take }, position) => {
            if (read.includes(take.every)) held[position] = texts[position]
          })
          return { sequence: index + 1, uptime, lines: [...held] }
        })
        expect(heard.frames.map(({ sequence, uptime, lines }) => ({ sequence, uptime, lines }))).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  test('carry bytes as they are', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10))
    const heard = listen()
    feed(heard, Buffer.concat([Buffer.from(`${greeting()}@1 5 1\n1:1 `), bytes, Buffer.from('\n##\n')]))
    expect(heard.frames[0]?.lines[0]).toEqual([bytes.toString('latin1')])
  })

  test('tell, per take, the seconds between its last two reads by the uptime of the node', () => {
    const heard = listen()
    const texts = [['a'], ['b'], ['c']]
    feed(heard, greeting())
    for (const frame of framesOf([
      { uptime: 100, groups: [1, 5], texts },
      { uptime: 101.5, groups: [1], texts },
      { uptime: 105, groups: [1, 5, 60], texts },
    ]))
      feed(heard, frame)
    expect(heard.frames.map((frame) => frame.seconds)).toEqual([
      [Number.NaN, Number.NaN, Number.NaN],
      [1.5, Number.NaN, Number.NaN],
      [3.5, 5, Number.NaN],
    ])
  })

  test('of a machine that was started anew begin with a gap', () => {
    const heard = listen()
    feed(heard, `${greeting()}${framesOf([9000, 9001, 12, 13].map((uptime) => everySecond(uptime, 'a'))).join('')}`)
    expect(heard.frames.map((frame) => frame.seconds[0])).toEqual([Number.NaN, 1, Number.NaN, 1])
  })

  test('of a file that is gone say so, and forget what it held', () => {
    const heard = listen()
    const gone: Second = { uptime: 2, groups: [1], texts: [undefined, undefined, undefined] }
    feed(heard, `${greeting()}${framesOf([everySecond(1, 'a', 'b'), gone, everySecond(3, 'c')]).join('')}`)
    expect(heard.frames.map((frame) => frame.lines[0])).toEqual([['a', 'b'], undefined, ['c']])
  })
})

describe('a stream that cannot be followed ends, with the reason', () => {
  const first = framesOf([everySecond(1, 'a', 'b')]).join('')
  test.each([
    ['a frame that is left out', '@3 2 1\n##\n', 'frame 3 after frame 1'],
    ['a frame that comes twice', first, 'frame 1 after frame 1'],
    ['a frame without an uptime', '@2  1\n##\n', 'a frame without an uptime'],
    ['an uptime that is no number', '@2 soon 1\n##\n', 'a frame without an uptime'],
    ['a group that nobody reads', '@2 2 1,7\n##\n', 'a frame of unknown groups'],
    ['a frame of the other engine', '@2 2 raw 1\n', 'a frame of another engine than greeted'],
    ['text between two frames', 'Killed\n', 'text between two frames'],
    ['an end without a frame', '##\n', 'text between two frames'],
    ['a take that was not asked for', '@2 2 1\n4:1 x\n', 'a line of a take that was not asked for'],
    ['text within a frame', '@2 2 1\nbash: warning\n', 'a line of a take that was not asked for'],
    ['a line further on than the next', '@2 2 1\n1:4 x\n', 'a line out of order'],
    ['a line before the first', '@2 2 1\n1:0 x\n', 'a line out of order'],
    ['a line without a text', '@2 2 1\n1:1\n', 'a line that is not of the frame protocol'],
    ['a length that is no number', '@2 2 1\n1=many\n', 'a line that is not of the frame protocol'],
    ['more behind an absence', '@2 2 1\n1!!\n', 'a line that is not of the frame protocol'],
    ['a sign that has no meaning', '@2 2 1\n1?\n', 'a line that is not of the frame protocol'],
  ])('%s', (_, text, reason) => {
    const heard = listen()
    feed(heard, `${greeting()}${first}`)
    expect(heard.failures).toEqual([])
    feed(heard, `${text}${framesOf([everySecond(1, 'a')]).join('')}`)
    expect(heard.failures).toEqual([reason])
    expect(heard.frames).toHaveLength(1)
  })
})

describe('limits', () => {
  const openFrame = (): Heard => {
    const heard = listen()
    feed(heard, `${greeting()}@1 1 1\n`)
    return heard
  }

  test.each([1000, 70_000])('a line of 64 KB passes and a longer one does not, in pieces of %d bytes', (piece) => {
    const pieces = Array.from({ length: 100 }, (_, index) => index * piece)
    const heard = openFrame()
    feed(heard, `1:1 ${'x'.repeat(limits.line - 4)}\n`, pieces)
    expect(heard.failures).toEqual([])
    feed(heard, `1:1 ${'x'.repeat(limits.line - 3)}\n`, pieces)
    expect(heard.failures).toEqual(['floods: a line over 64 KB'])
  })

  test('a frame of 1 MB passes and a longer one does not', () => {
    const heard = openFrame()
    const kilobyte = `1:1 ${'x'.repeat(1019)}\n`
    feed(heard, kilobyte.repeat(1024))
    expect(heard.failures).toEqual([])
    feed(heard, '1=1\n')
    expect(heard.failures).toEqual(['floods: a frame over 1 MB'])
  })

  test('a take holds 8,192 lines and no more', () => {
    const heard = openFrame()
    for (let row = 1; row <= limits.linesOfTake; row += 1) feed(heard, `1:${row} \n`)
    expect(heard.failures).toEqual([])
    feed(heard, `1:${limits.linesOfTake + 1} \n`)
    expect(heard.failures).toEqual(['a line that is not of the frame protocol'])
  })

  test('all takes together hold 2 MB, however many frames it took to send them', () => {
    const heard = listen()
    feed(heard, greeting())
    const text = 'x'.repeat(60_000)
    for (let row = 1; heard.failures.length === 0 && row < 100; row += 1)
      feed(heard, `@${row} ${row} 1\n1:${row} ${text}\n##\n`)
    expect(heard.failures).toEqual(['floods: more text than a node can have'])
    expect(heard.frames).toHaveLength(Math.floor(limits.held / text.length))
  })

  test('lines that are replaced or cut off make room again', () => {
    const heard = listen()
    feed(heard, greeting())
    const text = 'x'.repeat(60_000)
    for (let frame = 1; frame <= 100; frame += 1)
      feed(heard, `@${frame} ${frame} 1\n1:1 ${text}\n1:2 ${text}\n${frame % 2 === 0 ? '1=0' : '1!'}\n##\n`)
    expect(heard.failures).toEqual([])
  })

  const flood = 5 * 1024 * 1024
  test.each([
    ['of one line before the greeting', '', 'x', 'floods: more than 16 KB before the greeting'],
    ['of lines before the greeting', '', 'motd\n', 'floods: more than 16 KB before the greeting'],
    ['of one line', greeting(), 'x', 'floods: a line over 64 KB'],
    ['of empty lines', greeting(), '\n', 'text between two frames'],
    ['of one frame', `${greeting()}@1 1 1\n`, '1:1 x\n', 'floods: a frame over 1 MB'],
    ['of zeros', greeting(), '\0', 'floods: a line over 64 KB'],
  ])('five megabytes %s end the stream', (_, begin, endless, reason) => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 200_000 }), (piece) => {
        const heard = listen()
        const bytes = Buffer.from(`${begin}${endless.repeat(flood / endless.length)}`)
        for (let from = 0; from < bytes.length; from += piece) heard.decoder.push(bytes.subarray(from, from + piece))
        expect(heard.failures).toEqual([reason])
        expect(bytesHeld(heard)).toBeLessThanOrEqual(limits.held)
      }),
      { numRuns: 3 },
    )
  })
})
