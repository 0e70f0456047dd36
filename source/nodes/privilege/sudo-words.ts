/** Warnings of sudo beside an answer that is not its own. */
const passing = /^unable to (resolve host|send audit)|^setrlimit/

/** Characters of a line that are looked at: sudo says less, and a node may write what it likes. */
const longestLine = 512

// The engine's texts are cleaned: there, U+FFFD stands for the end of a line.
const linesOf = (text: string): readonly string[] => text.split(/[\n\uFFFD]/).map((line) => line.slice(0, longestLine))

/**
 * Why sudo did not run what it was given, from an exit status and what stood on stderr; undefined where it did run it. By
 * sudo(8) it ends with 1 then, as many programs do, so that its own words decide.
 */
export const sudoRefusal = (status: number | null, text: string): string | undefined => {
  const lines = linesOf(text)
  if (status === 127 && lines.some((line) => /\bsudo.{0,40}not found/.test(line))) return 'not installed on this node'
  if (status !== 1) return undefined
  const words = lines.flatMap((line) => {
    const own = /^sudo: (.+)/.exec(line)?.[1]
    if (own !== undefined) return passing.test(own) ? [] : [own]
    return /^(?:Sorry, user .+|.+ is not (?:in the sudoers file|allowed to run sudo).*)/.exec(line)?.[0] ?? []
  })
  return words[0]?.trim()
}

/** Whether a text names a sudo (`Sudo version 1.9.5p2`) that knows no regular expressions yet. */
export const isSudoTooOld = (text: string): boolean => {
  const [, major, minor, patch] = /Sudo version (\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? []
  if (major === undefined) return false
  const [one, two, three] = [Number(major), Number(minor), Number(patch ?? 0)]
  return one !== 1 ? one < 1 : two !== 9 ? two < 9 : three < 10
}
