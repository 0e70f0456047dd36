import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Call, callsIn, stringIn, stringsIn } from './log.ts'

/** A string as strace writes it: printable signs, short escapes, and octal numbers as short as what follows lets them be. */
const written = (text: string): string => {
  const bytes = [...Buffer.from(text, 'utf8')]
  const short: Readonly<Record<number, string>> = { 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r', 34: '"', 92: '\\' }
  const signs = bytes.map((byte, index) => {
    const one = short[byte]
    if (one !== undefined) return `\\${one}`
    if (byte >= 32 && byte < 127) return String.fromCharCode(byte)
    const next = bytes[index + 1] ?? 0
    const octal = byte.toString(8)
    return `\\${next >= 48 && next <= 57 ? octal.padStart(3, '0') : octal}`
  })
  return `"${signs.join('')}"`
}

const anyText = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))

const callFrom = fc.record({
  name: fc.constantFrom('execve', 'openat', 'clone'),
  args: fc.array(
    fc.oneof(
      anyText.map(written),
      fc.array(anyText, { maxLength: 4 }).map((texts) => `[${texts.map(written).join(', ')}]`),
      fc.constantFrom(
        'AT_FDCWD',
        'O_RDONLY|O_CLOEXEC',
        '0x7ffd /* 12 vars */',
        '{st_mode=S_IFREG|0644, st_size=7, ...}',
      ),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  result: fc.constantFrom('0', '3', '-1 ENOENT (No such file or directory)'),
})

const line = ({ pid, name, args, result }: Call): string => `${pid} ${name}(${args.join(', ')}) = ${result}`

describe('what strace wrote', () => {
  test('is told back string by string, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        expect(texts.map((text) => stringIn(written(text)))).toEqual(texts)
        expect(stringsIn(`[${texts.map(written).join(', ')}]`)).toEqual(texts)
      }),
    )
  })

  test('is told back call by call, also where others come between', () => {
    fc.assert(
      fc.property(fc.array(callFrom, { minLength: 2, maxLength: 6 }), fc.array(fc.nat()), (all, cuts) => {
        const calls = all.map((call, index) => ({ ...call, pid: 100 + index }))
        expect(callsIn(`${calls.map(line).join('\n')}\n`)).toEqual(calls)
        // strace ends a line between two arguments.
        const heads = calls.map(({ pid, name, args }, index) => {
          const kept = (cuts[index] ?? 0) % args.length
          return { head: `${pid} ${name}(${args.slice(0, kept).join(', ')}${kept > 0 ? ', ' : ''}`, kept }
        })
        const begun = heads.map(({ head }) => `${head} <unfinished ...>`)
        const ended = calls.map(
          ({ pid, name, args, result }, index) =>
            `${pid} <... ${name} resumed>${args.slice(heads[index]?.kept).join(', ')}) = ${result}`,
        )
        expect(callsIn([...begun, ...ended].join('\n'))).toEqual(calls)
      }),
    )
  })

  test('holds a call that never came back, at the end of its process and at the end of all', () => {
    const text = `7 openat(AT_FDCWD, "/tmp/x", O_WRONLY <unfinished ...>
8 unlink("/tmp/y" <unfinished ...>
7 +++ killed by SIGKILL +++
`
    expect(callsIn(text)).toEqual([
      { pid: 7, name: 'openat', args: ['AT_FDCWD', '"/tmp/x"', 'O_WRONLY'], result: '?' },
      { pid: 8, name: 'unlink', args: ['"/tmp/y"'], result: '?' },
    ])
  })

  test('holds a call that is told to have been left unfinished when it was resumed', () => {
    const text =
      '7 openat(AT_FDCWD <unfinished ...>\n7 <... openat resumed> <unfinished ...>) = ?\n7 +++ exited with 0 +++\n'
    expect(callsIn(text)).toEqual([{ pid: 7, name: 'openat', args: ['AT_FDCWD'], result: '?' }])
  })

  test('leaves signals and ends out', () => {
    expect(callsIn('7 --- SIGCHLD {si_signo=SIGCHLD, si_pid=8} ---\n7 +++ exited with 0 +++\n')).toEqual([])
  })

  test.for(['what is this', '7 nothing', '7 <... openat resumed>) = 3', '7 openat("x'])('%s is refused', (text) => {
    expect(() => callsIn(`${text}\n`)).toThrow('strace wrote')
  })

  test('a string that strace cut is refused: what follows is not known', () => {
    expect(() => stringIn('"abc"...')).toThrow('cut')
  })
})
