import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createInput, type InputOptions } from '../../source/terminal/input.ts'

const setUp = (options: Partial<InputOptions> = {}) => {
  const raw: boolean[] = []
  const gone: Error[] = []
  const real = Object.assign(new PassThrough(), {
    setRawMode: (on: boolean): void => {
      raw.push(on)
    },
  })
  const input = createInput(real, { onGone: (error) => gone.push(error), ...options })
  const keys = (): readonly string[] => {
    const read: string[] = []
    const next = (): string | null => input.stdin.read() as string | null
    for (let key = next(); key !== null; key = next()) read.push(key)
    return read
  }
  input.stdin.setRawMode(true)
  return { real, raw, gone, input, keys }
}

const later = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('waiting for the rest of a sequence', () => {
  test('an escape is the escape key after its time, not sooner', async () => {
    const { real, keys } = setUp()
    real.write('\u001b')
    await later(49)
    expect(keys()).toEqual([])
    await later(1)
    expect(keys()).toEqual(['\u001b[27u'])
  })

  test('the time is a setting', async () => {
    const { real, keys } = setUp({ escapeTime: 200 })
    real.write('\u001b')
    await later(199)
    real.write('[A')
    await later(1)
    expect(keys()).toEqual(['\u001b[A'])
  })

  test('each escape has the whole time', async () => {
    const { real, keys } = setUp()
    real.write('\u001b')
    await later(40)
    real.write('[A\u001b')
    await later(40)
    expect(keys()).toEqual(['\u001b[A'])
    await later(10)
    expect(keys()).toEqual(['\u001b[27u'])
  })

  test('what no hand types waits longer and is then dropped, never typed', async () => {
    const { real, keys } = setUp()
    real.write('\u001b[<64;1')
    await later(900)
    real.write('0;20Mj')
    await later(0)
    expect(keys()).toEqual(['j'])
    real.write('\u001b[<64;1')
    await later(1000)
    real.write('k')
    await later(0)
    expect(keys()).toEqual(['k'])
  })

  test('a paste without end is given up at last', async () => {
    const { real, keys } = setUp()
    real.write('\u001b[200~abc')
    await later(9999)
    expect(keys()).toEqual([])
    await later(1)
    expect(keys()).toEqual(['\u001b[200~abc\u001b[201~'])
  })
})

describe('the stream for Ink', () => {
  test('gives one key for each read, with any encoding asked for', async () => {
    const { real, input, keys } = setUp()
    real.write('jé\u001b[A')
    await later(0)
    input.stdin.setEncoding('utf8')
    expect(keys()).toEqual(['j', 'é', '\u001b[A'])
  })

  test('reads the terminal only while raw mode is on', async () => {
    const { real, raw, input, keys } = setUp()
    input.stdin.setRawMode(false)
    real.write('for another program')
    await later(0)
    expect(keys()).toEqual([])
    expect(real.isPaused()).toBe(true)
    input.stdin.setRawMode(true)
    await later(0)
    expect(keys()).toHaveLength('for another program'.length)
    expect(raw).toEqual([true, false, true])
  })

  test('sets raw mode anew for a terminal that others had meanwhile, where it is on and not closed', () => {
    const { raw, input } = setUp()
    input.resume()
    expect(raw).toEqual([true, false, true])
    input.stdin.setRawMode(false)
    input.resume()
    expect(raw).toEqual([true, false, true, false])
    input.stdin.setRawMode(true)
    input.close()
    const { length } = raw
    input.resume()
    expect(raw).toHaveLength(length)
  })

  test('closing ends raw mode and reading', async () => {
    const { real, raw, input } = setUp()
    input.close()
    input.close()
    expect(raw).toEqual([true, false])
    expect(real.isPaused()).toBe(true)
    expect(real.listenerCount('data')).toBe(0)
  })
})

describe('a terminal that is stuck', () => {
  test('keeps its mode, whoever wants to end it', () => {
    const { raw, input } = setUp()
    input.close(true)
    input.stdin.setRawMode(false)
    expect(raw).toEqual([true])
  })
})

describe('a terminal that is gone', () => {
  test('is reported once, by error or by end', async () => {
    const { real, gone } = setUp()
    real.emit('error', Object.assign(new Error('read EIO'), { code: 'EIO' }))
    real.emit('error', new Error('again'))
    real.end()
    await later(10)
    expect(gone).toMatchObject([{ code: 'EIO' }])

    const other = setUp()
    other.real.end()
    await vi.waitUntil(() => other.gone.length > 0)
    expect(other.gone).toHaveLength(1)
  })

  test('is reported when raw mode fails', () => {
    const gone: Error[] = []
    const real = Object.assign(new PassThrough(), {
      setRawMode: (): void => {
        throw new Error('setRawMode EIO')
      },
    })
    createInput(real, { onGone: (error) => gone.push(error) }).stdin.setRawMode(true)
    expect(gone).toMatchObject([{ message: 'setRawMode EIO' }])
  })
})
