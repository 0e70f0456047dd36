/** What every login shell takes as it stands between single quotes: csh and fish included. */
const literal = /^[ -~]*$/
const dangerous = /['!\\]/

/**
 * One command line for whatever shell a user has at login: sshd hands it over as text. Only arguments that no shell reads in
 * its own way are taken, because these are programs of ours; what varies travels on stdin. Throws where one is not: a fault
 * of the program.
 */
export const commandLine = (argv: readonly string[]): string =>
  argv
    .map((word) => {
      if (!literal.test(word) || dangerous.test(word)) throw new Error(`not literal in every shell: ${word}`)
      return /^[\w./-]+$/.test(word) ? word : `'${word}'`
    })
    .join(' ')
