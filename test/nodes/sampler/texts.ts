import fc from 'fast-check'

// What these tests mean by a text of /proc: lines, most of them of the form that a take looks for, some of any other. Words
// are parted by blanks and tabs only, as the kernel does: awks do not agree on what else parts them.

/** Words that awk takes for equal numbers though they are different texts, and other pitfalls. */
const words = [
  ...['10', '1e1', '010', '+10', '10.0', '0x10', '0', '-0', '00', '.', '-', '', 'nan', 'inf', '1e999', '%d', '%s', '&'],
  ...['cpu', 'cpu0', 'a', 'b', 'a:', ':', '##', '@1', '1:1', '1=0', '1!', '"', "'", '\\', '$1', '\u0001', '\u007f'],
] as const

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12 }).map((text) => text.replaceAll(/[\s\0]/g, '~')) },
)
const gap = fc.constantFrom(' ', ' ', '  ', '\t', ' \t ')

const joined = (parts: fc.Arbitrary<string>, size: { minLength: number; maxLength: number }): fc.Arbitrary<string> =>
  fc.tuple(fc.array(fc.tuple(parts, gap), size), fc.boolean()).map(([pairs, indented]) => {
    const line = pairs.map(([part, blank]) => `${part}${blank}`).join('')
    return indented ? ` ${line}` : line.trimEnd()
  })

const anyLine = fc.oneof(
  { weight: 6, arbitrary: joined(word, { minLength: 0, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 3000 }).map((length) => `long ${'x'.repeat(length)}`) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
)

/** No byte 0, which most awks end a line at, and none that only some of them take for a blank. */
const plain = (line: string): string => line.replaceAll(/[\0\n\v\f\r]/g, '~').replaceAll(/[^\0-\u00ff]/g, '~')

/**
 * The text with an end to its last line, as the kernel writes it. `-W interactive`, without which mawk answers no tick, makes
 * mawk (1.3.4 20200120) read on into what its buffer held before where that end is missing.
 */
export const ended = (body: string): string => (body === '' || body.endsWith('\n') ? body : `${body}\n`)

const withoutEnd = (body: string): string => (body.endsWith('\u0001') ? withoutEnd(body.slice(0, -1)) : body)

const text = (line: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.tuple(fc.array(line.map(plain), { maxLength }), fc.boolean()).map(([lines, ended]) => {
    const body = lines.join('\n')
    // At the end of a text without an end, the byte that the node-side program reads up to is lost.
    return ended && body !== '' ? `${body}\n` : withoutEnd(body)
  })

const mixed = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: anyLine })

const decimal = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2 ** 31 - 1 })).map(String)
const cpuLine = fc
  .tuple(
    fc.constantFrom('cpu', 'cpu0', 'cpu1', 'cpu2', 'cpu17', 'cpux', 'cpufreq'),
    fc.array(decimal, { maxLength: 5 }),
  )
  .map(([name, figures]) => [name, ...figures].join(' '))
const statLine = fc.oneof(cpuLine, fc.constantFrom('softirq 1 2 3', 'intr', 'cpu0 a b c', 'cpu1 1 x', ''))

const hexWord = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 2 ** 32 - 1 }).map((value) => value.toString(16).padStart(8, '0')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('ffffffff', '00000000', '00000001', 'FFFFffff', 'ffffffffffffffff', '7fffffffffffffff'),
  },
  { weight: 1, arbitrary: fc.constantFrom('zz', '12zz', '-1', '1e1', '0x1', '12345678901234567', '1.5') },
)
const columns = ['entries', 'drop', 'found', 'drop', 'searched'] as const
const hexHeader = fc.shuffledSubarray([...columns]).map((names) => names.join('  '))
const hexLine = joined(hexWord, { minLength: 0, maxLength: 5 })

const pairedLine = fc.oneof(
  fc
    .tuple(fc.constantFrom('Tcp:', 'TcpExt:', 'Udp:'), fc.shuffledSubarray(['InSegs', 'OutSegs', 'Retrans', 'OutSegs']))
    .map(([row, names]) => [row, ...names].join(' ')),
  fc
    .tuple(fc.constantFrom('Tcp:', 'TcpExt:', 'Udp:'), fc.array(decimal, { maxLength: 5 }))
    .map((all) => all.flat().join(' ')),
)

const interfaceLine = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.array(decimal, { minLength: 12, maxLength: 17 }),
      fc.constantFrom('', ' ', '    '),
    )
    .map(([name, figures, indent]) => `${indent}${name}:${figures.join('  ')}`)

const blockLine = (names: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...names), decimal).map(([name, reads]) => `   7       0 ${name} ${reads} 0 0`)

const trieLine = fc.oneof(
  fc.constantFrom('10.0.0.1', '192.168.1.20', '127.0.0.1').map((address) => `           |-- ${address}`),
  fc.constantFrom(
    '              /32 host LOCAL',
    '   /32 link UNICAST',
    '  +-- 10.0.0.0/8 2 0 2',
    'Local:',
    '/32 host LOCAL',
  ),
)

const flagsLine = fc.constantFrom(
  'flags\t\t: fpu vme hypervisor',
  'flags: hypervisors',
  'flagship hypervisor',
  'model: flags',
  '',
)

/** Texts of one kind of file each; every one of them now and then with lines of any kind among its own. */
export const textsOf = (machine: { readonly interfaces: readonly string[]; readonly blocks: readonly string[] }) => ({
  any: text(anyLine, 12),
  stat: text(mixed(statLine), 10),
  hex: fc.tuple(hexHeader, text(mixed(hexLine), 8)).map(([header, rest]) => `${header}\n${rest}`),
  bareHex: text(mixed(hexLine), 8),
  paired: text(mixed(pairedLine), 10),
  interfaces: text(mixed(interfaceLine(machine.interfaces)), 6),
  blocks: text(mixed(blockLine(machine.blocks)), 6),
  trie: text(mixed(trieLine), 12),
  cpuinfo: text(mixed(flagsLine), 6),
})
