import { stripVTControlCharacters } from 'node:util'
import { type Clean, clean } from '../../text/clean.ts'

// A token has dots and no blanks, or is long: no word, path or address of a message is like it.
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^]*?(?:-----END [^-]*-----|$)/g, '[key]'],
  [/\beyJ[\w-]*(?:\.[\w-]*)*/g, '[token]'],
  [/\b(bearer|basic)\s+\S+/gi, '$1 [token]'],
  [
    /(?<![a-z])(password|passwd|secret|token|credential|api[_-]?key)(["']?\s*[:=]\s*)("[^"]*"?|'[^']*'?|[^\s"'[]\S*)/gi,
    '$1$2[secret]',
  ],
  [/(password|secret|token|key)(["']\s*:\s*|=)("[^"]*"?|'[^']*'?|[^\s"'[]\S*)/gi, '$1$2[secret]'],
  [/(\w:\/\/)[^\s/@]*@/g, '$1[secret]@'],
  [/[\w+=-]{40,}|(?:[\w+=-]+\/){0,8}[\w+=-]{64,}/g, '[secret]'],
]

/** What a program complained about, for a person: its last lines in one, without what looks like a secret. */
export const withoutSecrets = (said: string, limit = 240): Clean => {
  const hidden = secrets.reduce(
    (text, [pattern, instead]) => text.replace(pattern, instead),
    stripVTControlCharacters(said),
  )
  const lines = hidden
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const kept = lines.slice(-3).join(' / ')
  return clean(kept.length > limit ? `…${kept.slice(1 - limit)}` : kept, limit)
}
