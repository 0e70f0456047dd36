import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Program } from '../../../source/nodes/connections/connection.ts'
import { shellProgram } from '../../../source/nodes/sampler/shell.ts'
import { demand } from './awks.ts'
import { shells } from './shells.ts'

const ran = async (
  { argv, input = '' }: Program,
  more = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly output: string; readonly status: number | null }> => {
  const [command, ...args] = argv
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  })
  const ended = once(child, 'close')
  child.stdin.on('error', () => undefined)
  child.stdin.end(input + more)
  const [output, [status]] = await Promise.all([text(child.stdout), ended])
  return { output, status: status as number | null }
}

/** Whatever anybody could have written, a program of many lines as well. */
const word = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.string(), { maxLength: 4 }).map((lines) => lines.join('\n')),
  )
  .filter((one) => !one.includes('\0'))

describe.each(Object.entries(shells))('under %s, a script', (_, shell) => {
  test('has its arguments as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 4 }), async (args) => {
        const { output } = await ran(shellProgram('for a; do printf "%s" "$a"; echo; done', args, shell))
        expect(output).toBe(args.map((one) => `${one}\n`).join(''))
      }),
      { numRuns: 25 },
    )
  })

  test('reads what comes on stdin behind it', async () => {
    const program = shellProgram('while read -r line; do echo "[$line]"; done', [], shell)
    expect((await ran(program, 'one\ntwo\n')).output).toBe('[one]\n[two]\n')
  })

  test.each([
    ['exit 7', 7],
    ['false', 1],
    ['sh -c "exit 42"', 42],
    ['true', 0],
    ['(exit 3)\ntrue', 0],
  ])('ends with its own status: %s', async (script, status) => {
    expect((await ran(shellProgram(script, [], shell))).status).toBe(status)
  })

  test('may hold quotes, backslashes, here-documents and lines that look like the end of one', async () => {
    const script = `cat <<'EOF'\n#kntop-end of what\n\\t '"$x"' !\n  indented\nEOF\nprintf '%s\\n' 'a\\b'`
    expect((await ran(shellProgram(script, [], shell))).output).toBe(
      `#kntop-end of what\n\\t '"$x"' !\n  indented\na\\b\n`,
    )
  })

  test('that was cut off anywhere is not run at all', async () => {
    const { argv, input = '' } = shellProgram('echo begun\necho "a b"\necho done', ['x'], shell)
    const cuts = Array.from({ length: 12 }, (_, index) => 1 + Math.floor((index * (input.length - 2)) / 12))
    for (const cut of [...cuts, input.length - 1 - '\n'.length])
      expect(await ran({ argv, input: input.slice(0, cut) })).toMatchObject({ output: '' })
    expect((await ran({ argv, input })).output).toBe('begun\na b\ndone\n')
  })

  test('has an environment of its own', async () => {
    const { output } = await ran(shellProgram('echo "$PATH"; echo "$LC_ALL"', [], shell))
    const [path = '', language] = output.split('\n')
    expect(language).toBe('C')
    const before = process.getuid?.() === 0 ? '' : `:${process.env.PATH}`
    expect(path).toBe(`/usr/sbin:/usr/bin:/sbin:/bin${before}`)
  })

  test.each([
    ['PERL5OPT', '-Mthat::is::nowhere'],
    ['PERL_UNICODE', 'SDA'],
    ['PERLIO', ':utf8'],
  ])('has perl as it is by itself, whatever %s says at a login', async (name, value) => {
    demand('perl')
    const bytes = 'open(my $f, "<", "/proc/self/exe") or die; read($f, my $s, 1e4) == 1e4 or die; print "\\xff"'
    const { output, status } = await ran(shellProgram(`perl -e '${bytes}' | od -An -tx1`, [], shell), '', {
      [name]: value,
    })
    expect([output.trim(), status]).toEqual(['ff', 0])
  })
})

test.each(['a\0b', 'a\n#kntop-end\nb'])('an argument that would end the script early is refused: %j', (argument) => {
  expect(() => shellProgram('true', [argument])).toThrow('not a word for a shell')
})
