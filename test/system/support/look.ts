import { onTestFinished } from 'vitest'
import type { Look } from '../../../source/events/looks.ts'
import { openCommand } from '../../../source/nodes/command-runner.ts'
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import { type Blind, isBlind, type LookKind } from '../../../source/nodes/namespaces/look-kind.ts'
import { type Sections, sectionsOf } from '../../../source/nodes/namespaces/sections.ts'

/** A look held ready, and what it cost. */
export interface Looking<Kind extends Look> {
  readonly look: () => Promise<Kind | Blind>
  /** What the node said in the last look. */
  readonly sections: () => Sections
  /** CPU milliseconds of all looks so far: of the shell and of its children. */
  readonly cost: () => number
}

const replaced = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`the script that finds a namespace has changed: ${from} is not in it`)
  return text.replace(from, to)
}

/**
 * Looks at a process as if it had been found to be a pod's: no kubelet is needed then. `tools`: a folder that has all programs
 * that there are. `right`: `user` to look as nobody would. `mounts`: a script that
 * changes what the shell that looks sees of files, and nobody else.
 */
export const lookingAt = async <Kind extends Look>(
  kind: LookKind<Kind>,
  pid: number,
  {
    tools,
    right = 'root',
    mounts = ':',
  }: Partial<Record<'tools' | 'mounts', string>> & { readonly right?: 'root' | 'user' } = {},
): Promise<Looking<Kind>> => {
  const place = { kind: 'host' } as const
  const { script, marker } = lookScript(kind, place)
  const prelude = `${tools === undefined ? '' : `PATH='${tools}'`}\n${right === 'user' ? 'uid=65534' : ''}\n`
  // What is held is given a text within quotes.
  const looking = (text: string): string => prelude + replaced(text, 'whose=$2\npid=$$ ', `whose=pod\npid=${pid} `)
  const { text, held, ...rest } = script
  const end = new AbortController()
  const connection = await connectLocal()
  const runner = await openCommand({
    connection: {
      ...connection,
      stream: ({ argv, ...program }, signal) =>
        connection.stream(
          { ...program, argv: ['unshare', '--mount', 'sh', '-c', `${mounts}; exec "$@"`, 'sh', ...argv] },
          signal,
        ),
    },
    script: { ...rest, text: looking(text), ...(held === undefined ? {} : { held: looking(held) }) },
    limit: kind.limit,
    signal: end.signal,
  })
  onTestFinished(() => {
    end.abort()
    runner.close()
    connection.close()
  })
  let [cost, said] = [0, new Map() as Sections]
  let before: { readonly look: Kind; readonly at: number } | undefined
  return {
    look: async () => {
      const { output, cpu, shell } = await runner.run()
      cost = (cpu + shell) * 1000
      const sections = sectionsOf(output.text, marker)
      said = sections
      const footing = footingOf(sections, place, output.status)
      if ('cause' in footing) return footing
      const at = performance.now()
      const seconds = before === undefined ? Number.NaN : (at - before.at) / 1000
      const last = before && { look: before.look, seconds }
      const seen = kind.read({ footing: { ...footing, isHost: false }, sections, place, cut: output.cut }, last)
      if (!isBlind(seen)) before = { look: seen, at }
      return seen
    },
    sections: () => said,
    cost: () => cost,
  }
}
