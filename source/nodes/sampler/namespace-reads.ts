import type { NamespaceKey } from './take.ts'

/** Keys in one line: a shell and an awk stand between, which read lines of a few hundred bytes as they do all others. */
const inOneLine = 12

/** The lines that tell the sampler which namespaces there are, from now on. */
export const listLines = (keys: readonly NamespaceKey[]): string => {
  const lines: string[] = []
  for (let from = 0; from === 0 || from < keys.length; from += inOneLine)
    lines.push(`${[from === 0 ? '=' : '+', ...keys.slice(from, from + inOneLine)].join(' ')}\n`)
  return lines.join('')
}
