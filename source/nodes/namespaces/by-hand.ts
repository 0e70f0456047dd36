import type { Footing } from '../../events/looks.ts'
import { type Clean, clean } from '../../text/clean.ts'

/** Commands as a person would type them to run in the namespace. */
export const inNamespace = ({ pid, isHost }: Footing, commands: readonly string[]): readonly Clean[] =>
  commands.map((command) => clean(isHost ? command : `nsenter -t ${pid} -n ${command}`))

/** How to see what `command` shows, for who did not see it. */
export const takes = (footing: Footing, command: string): Clean => {
  const [typed = clean('')] = inNamespace(footing, [command])
  return footing.right === 'root' || footing.isHost
    ? clean(`needs ip of iproute2 on the node: ${typed}`)
    : clean(`needs root: ${typed}`)
}

/** A program of several lines as one, to be shown. */
export const onOneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
