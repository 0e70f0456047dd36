import { quoted } from '../config/values.ts'
import { WrongUse } from '../config/wrong-use.ts'
import { didYouMean } from '../text/nearest.ts'
import { type Flag, flags, usage } from './flags.ts'

const dashed = flags.map(({ name }) => `--${name}`)

const flagFor = (token: string): Flag => {
  const name = token.split('=', 1)[0] ?? token
  const flag = flags.find(
    (known) => `--${known.name}` === name || (known.short !== undefined && `-${known.short}` === name),
  )
  if (flag !== undefined) return flag
  throw new WrongUse(`unknown flag ${quoted(name)}${didYouMean(name, dashed) || ': see kntop --help'}`)
}

/**
 * Refuses arguments that a flag parser would pass over in silence: a flag that is not ours, one without its value or with
 * one too many, one given twice, two for one setting, words that belong to no flag. Throws {@link WrongUse}, one line, with the nearest flag.
 * Gives back the words that stand alone, of which there may be so many, and the arguments with each value beside its flag:
 * a parser would take one that begins with a dash for a flag.
 */
export const vet = (
  argv: readonly string[],
  most = 0,
): { readonly words: readonly string[]; readonly joined: readonly string[] } => {
  const seen = new Set<Flag>()
  const words: string[] = []
  const joined: string[] = []
  for (let index = 0; index < argv.length; index++) {
    const token = argv[index] ?? ''
    if (!token.startsWith('-')) {
      words.push(token)
      joined.push(token)
      if (words.length > most) throw new WrongUse(`unexpected argument ${quoted(token)}: see kntop --help`)
      continue
    }
    const flag = flagFor(token)
    if (seen.has(flag)) throw new WrongUse(`--${flag.name} is given twice`)
    const rival = [...seen].find(({ setting }) => setting !== undefined && setting === flag.setting)
    if (rival !== undefined) throw new WrongUse(`--${rival.name} and --${flag.name} exclude each other`)
    seen.add(flag)
    const takesValue = flag.argument !== undefined
    joined.push(token)
    if (!token.includes('=')) {
      if (!takesValue) continue
      index++
      const value = argv[index]
      if (value === undefined || value === '' || value.startsWith('--'))
        throw new WrongUse(`--${flag.name} needs a value: ${usage(flag)}`)
      joined.splice(-1, 1, `${token}=${value}`)
    } else if (!takesValue) throw new WrongUse(`--${flag.name} takes no value`)
    else if (token.endsWith(`--${flag.name}=`)) throw new WrongUse(`--${flag.name} needs a value: ${usage(flag)}`)
  }
  return { words, joined }
}
