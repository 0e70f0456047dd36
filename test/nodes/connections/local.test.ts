import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Channel, Connection, Program } from '../../../source/nodes/connections/connection.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { type Marked, mark } from '../processes.ts'

let marked: Marked
let connection: Connection
beforeEach(async () => {
  marked = mark()
  connection = await connectLocal()
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  connection.close()
  await connection.closed
  marked.forget()
})

const run = (program: Program, signal = new AbortController().signal): Promise<Channel> =>
  connection.stream(program, signal)

/** What a channel gives, and when it gave this. */
const hear = (channel: Channel): { text: () => string; until: (part: string) => Promise<void> } => {
  let text = ''
  channel.onData((chunk) => {
    text += chunk.toString('latin1')
  })
  return {
    text: () => text,
    until: async (part) => {
      await expect.poll(() => text).toContain(part)
    },
  }
}

describe('a program on this machine', () => {
  test('gets its arguments as they are, whatever a shell would make of them', async () => {
    const word = fc.string({ unit: 'binary-ascii', maxLength: 20 }).map((text) => text.replaceAll('\0', '$(id)'))
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (words) => {
        const channel = await run({ argv: ['printf', '<%s>', ...words] })
        const heard = hear(channel)
        await channel.exit
        expect(heard.text()).toBe(words.map((one) => `<${one}>`).join(''))
      }),
      { numRuns: 20 },
    )
  })

  test('reads its input first, then what is written to it', async () => {
    const channel = await run({ argv: ['cat'], input: 'first\n' })
    const heard = hear(channel)
    channel.write('second\n')
    await heard.until('second\n')
    expect(heard.text()).toBe('first\nsecond\n')
  })

  test.each([
    ['its status', 'exit 7', { code: 7, signal: null, stderr: '' }],
    ['its signal', 'kill -9 $$', { code: null, signal: 'SIGKILL', stderr: '' }],
    ['its words on stderr', 'echo "no such thing" >&2', { code: 0, signal: null, stderr: 'no such thing' }],
  ])('ends with %s', async (_, script, exit) => {
    const channel = await run({ argv: ['sh', '-c', script] })
    expect(await channel.exit).toEqual(exit)
  })

  test('keeps the last 16 KB of stderr, made harmless', async () => {
    const channel = await run({ argv: ['sh', '-c', 'yes x | head -c 300000 >&2; printf "\\033[2Jend" >&2'] })
    const { stderr } = await channel.exit
    expect(stderr.length).toBeLessThanOrEqual(16 * 1024)
    expect(stderr).toMatch(/end$/)
    expect(stderr).not.toContain('\u001b')
  })

  test('that floods stderr ends the connection, with all that runs over it', async () => {
    const [calm, flooding] = [await run({ argv: ['cat'] }), await run({ argv: ['sh', '-c', 'exec yes >&2'] })]
    expect(await connection.closed).toEqual({
      state: 'lost',
      cause: 'floods: more than 4 MB of stderr in a second; look at what its login shell or a forced command prints',
    })
    expect((await flooding.exit).stderr.length).toBeLessThanOrEqual(16 * 1024)
    await calm.exit
    await expect(run({ argv: ['cat'] })).rejects.toMatchObject({ reason: { cause: expect.stringMatching(/^floods/) } })
  })

  test('that is not there says so', async () => {
    await expect(run({ argv: ['/no/such/program'] })).rejects.toMatchObject({
      reason: { state: 'lost', cause: expect.stringContaining('cannot start /no/such/program') },
    })
  })

  test('leads a process group of its own, so that no key reaches it', async () => {
    await run({ argv: ['sleep', '1000'] })
    const [pid = 0] = marked.named('sleep 1000')
    const group = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[2]
    expect(Number(group)).toBe(pid)
  })
})

describe('closing a channel', () => {
  test('lets the program end by itself', async () => {
    const channel = await run({ argv: ['sh', '-c', 'cat; exit 5'] })
    channel.close()
    expect(await channel.exit).toMatchObject({ code: 5, signal: null })
  })

  test('kills what does not, with everything that it started', async () => {
    const channel = await run({ argv: ['sh', '-c', 'trap "" TERM HUP INT; sleep 1000 & sleep 1000 & echo up; wait'] })
    await hear(channel).until('up')
    expect(marked.now()).toHaveLength(3)
    channel.close()
    expect(await channel.exit).toMatchObject({ signal: 'SIGKILL' })
    expect(marked.now()).toEqual([])
  })

  test('kills what a program left behind when it ended', async () => {
    const channel = await run({ argv: ['sh', '-c', 'sleep 1000 & echo up'] })
    await hear(channel).until('up')
    await expect.poll(() => marked.now()).toHaveLength(1)
    channel.close()
    expect(await channel.exit).toMatchObject({ code: 0 })
    await marked.none()
  })

  test('kills what moved to a group of its own, as timeout does, before it counts as ended', async () => {
    const stubborn = `trap '' TERM; sleep 1000 >/dev/null & echo up; wait`
    const channel = await run({ argv: ['sh', '-c', 'timeout 1000 sh -c "$1"; :', 'sh', stubborn] })
    await hear(channel).until('up')
    expect(marked.now()).toHaveLength(4)
    channel.close()
    expect(await channel.exit).toMatchObject({ signal: 'SIGKILL' })
    expect(marked.now()).toEqual([])
  })

  test('kills what a program that ended left behind, even if it holds none of its pipes', async () => {
    const channel = await run({ argv: ['sh', '-c', 'sleep 1000 >/dev/null 2>&1 & echo up; read x'] })
    await hear(channel).until('up')
    expect(marked.now()).toHaveLength(2)
    channel.close()
    expect(await channel.exit).toMatchObject({ signal: null })
    expect(marked.now()).toEqual([])
  })

  test('kills a stopped program', async () => {
    const channel = await run({ argv: ['sleep', '1000'] })
    for (const pid of marked.now()) process.kill(pid, 'SIGSTOP')
    channel.close()
    expect(await channel.exit).toMatchObject({ signal: 'SIGKILL' })
  })

  test('is done by its signal too, even one that came before', async () => {
    const controller = new AbortController()
    const channel = await run({ argv: ['sleep', '1000'] }, controller.signal)
    controller.abort()
    expect(await channel.exit).toMatchObject({ signal: 'SIGKILL' })
    const late = await run({ argv: ['sleep', '1000'] }, controller.signal)
    expect(await late.exit).toMatchObject({ signal: 'SIGKILL' })
  })

  test('that has ended kills nobody, because its number may be another process by now', async () => {
    const channel = await run({ argv: ['true'] })
    await channel.exit
    const kill = vi.spyOn(process, 'kill')
    vi.useFakeTimers()
    channel.close()
    vi.advanceTimersByTime(60_000)
    expect(kill).not.toHaveBeenCalled()
  })

  test('may be written to without harm', async () => {
    const channel = await run({ argv: ['true'] })
    await channel.exit
    channel.write('too late\n')
    expect(await channel.exit).toMatchObject({ code: 0 })
  })
})

describe('closing the connection', () => {
  test('ends everything on it before it counts as closed, also what was only being started', async () => {
    await run({ argv: ['sleep', '1000'] })
    const starting = run({ argv: ['sleep', '2000'] })
    connection.close()
    await connection.closed
    expect(marked.now()).toEqual([])
    expect(await (await starting).exit).toMatchObject({ signal: 'SIGKILL' })
  })

  test('makes every later program fail', async () => {
    connection.close()
    await expect(run({ argv: ['true'] })).rejects.toMatchObject({ reason: { state: 'lost', cause: 'closed' } })
  })
})
