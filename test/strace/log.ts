/** A system call as strace told it. */
export interface Call {
  readonly pid: number
  readonly name: string
  /** As they stand there, those of the outermost level. */
  readonly args: readonly string[]
  /** What follows the sign of equality: `0`, `-1 ENOENT (No such file or directory)`; `?` where it never came back. */
  readonly result: string
}

const fault = (why: string, text: string): Error => new Error(`strace wrote ${why}: ${text.slice(0, 200)}`)

/** The index behind a string that begins at `from`, with the dots of one that was cut. */
const endOfString = (text: string, from: number): number => {
  let at = from + 1
  while (text[at] !== '"') {
    if (at >= text.length) throw fault('a string without an end', text.slice(from))
    at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}

/** Arguments and what stands behind the bracket that closes them. Undefined where it does not close. */
const argumentsOf = (text: string): { readonly args: readonly string[]; readonly rest: string } | undefined => {
  const args: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; ) {
    const sign = text[at] ?? ''
    if (sign === '"') {
      at = endOfString(text, at)
      continue
    }
    if (depth === 0 && (sign === ',' || sign === ')')) {
      const one = text.slice(from, at).trim()
      if (one !== '') args.push(one)
      from = at + 1
      if (sign === ')') return { args, rest: text.slice(from) }
    } else if ('([{'.includes(sign)) depth += 1
    else if (')]}'.includes(sign)) depth -= 1
    at += 1
  }
  return undefined
}

const callOf = (pid: number, text: string): Call => {
  const [, name, behind = ''] = /^(\w+)\((.*)$/s.exec(text) ?? []
  const read = name === undefined ? undefined : argumentsOf(behind)
  const result = /^\s*= (.*)$/.exec(read?.rest ?? '')?.[1]
  if (name === undefined || read === undefined || result === undefined) throw fault('a line that is no call', text)
  return { pid, name, args: read.args, result: result.trim() }
}

const unfinished = ' <unfinished ...>'

/**
 * What `strace -f -o FILE` wrote, in the order in which calls came back. A call that was interrupted by the line of another
 * process is put together again; one that never came back is told, too: with its process's end, or at last. Signals and ends are
 * left out. Throws for what is neither.
 */
export const callsIn = (text: string): readonly Call[] => {
  const calls: Call[] = []
  const open = new Map<number, string>()
  const lose = (pid: number): void => {
    const head = open.get(pid)
    if (head !== undefined) calls.push(callOf(pid, `${head}) = ?`))
    open.delete(pid)
  }
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, number, said = ''] = /^(\d+) +(.*)$/s.exec(line) ?? []
    if (number === undefined) throw fault('a line without a process', line)
    const pid = Number(number)
    if (said.startsWith('+++ ')) lose(pid)
    else if (said.startsWith('--- ')) continue
    else {
      const [, resumed = ''] = /^<\.\.\. \w+ resumed>(.*)$/s.exec(said) ?? []
      const isResumed = said.startsWith('<... ')
      if (!isResumed) lose(pid)
      const whole = isResumed ? `${open.get(pid) ?? ''}${resumed}` : said
      // Of a call that began before strace came there is no beginning.
      if (isResumed && !open.has(pid)) throw fault('the end of a call that did not begin', line)
      open.delete(pid)
      if (whole.endsWith(unfinished)) open.set(pid, whole.slice(0, -unfinished.length))
      else if (whole.endsWith(`${unfinished}) = ?`))
        calls.push(callOf(pid, `${whole.slice(0, -unfinished.length - 5)}) = ?`))
      else calls.push(callOf(pid, whole))
    }
  }
  for (const pid of open.keys()) lose(pid)
  return calls
}

const signs: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', '"': '"', '\\': '\\' }

const escape = /\\(?:([0-7]{1,3})|x([0-9a-f]{2})|(.))/g

/** A string of an argument. Throws for one that was cut: then strace was told too short a length. */
export const stringIn = (argument: string): string => {
  if (argument.endsWith('...')) throw fault('a string that is cut', argument)
  if (!/^".*"$/s.test(argument)) throw fault('no string', argument)
  const bytes = argument
    .slice(1, -1)
    .replaceAll(escape, (all, octal?: string, hex?: string, sign = '') =>
      octal !== undefined
        ? String.fromCharCode(Number.parseInt(octal, 8))
        : hex !== undefined
          ? String.fromCharCode(Number.parseInt(hex, 16))
          : (signs[sign] ?? all),
    )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The strings of an argument that is a list of them. */
export const stringsIn = (argument: string): readonly string[] => {
  if (!argument.startsWith('[')) throw fault('no list', argument)
  const read = argumentsOf(`${argument.slice(1, -1)})`)
  if (read === undefined) throw fault('a list without an end', argument)
  return read.args.map(stringIn)
}
