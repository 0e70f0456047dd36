import type { Place } from '../../events/inquiry.ts'
import type { ServicePlace } from '../../events/look-rules.ts'
import type { Footing, Look } from '../../events/looks.ts'
import type { Clean } from '../../text/clean.ts'
import type { RootCommand } from '../privilege/root-command.ts'
import type { TypedRun } from '../programs/programs.ts'
import type { Sections } from './sections.ts'

/** What one look found, as its reader gets it. */
export interface Seen {
  readonly footing: Footing
  readonly sections: Sections
  readonly place: Place
  readonly service?: ServicePlace
  /** The output was cut at its limit. */
  readonly cut: boolean
}

/** Why there is nothing to be seen. */
export interface Blind {
  readonly cause: Clean
  /** It takes root, and the engine is not root. */
  readonly needsRoot?: true
  /** What sudo said as it refused a command, and the line of sudoers that would let it pass. */
  readonly refused?: { readonly words: string; readonly line: string }
}

/**
 * A command of a look as it runs on the node: every word of it, with what only the node knows in capitals, as
 * `programs/placeholders.ts` has them. Each program that it starts is told by that to whoever holds kntop against it.
 */
export interface LookRun extends TypedRun {
  readonly needs: 'nothing' | 'root'
}

/**
 * What is looked at in one tab: one file each, and a line of the registry. The text runs in a shell on the node once the
 * namespace was found, with these at hand:
 *
 * - `$pid`: the process that stands for the namespace; `$net`: its `/proc/PID/net`.
 * - `$right`: `root` or `user`. `$whose`: `node` if it is the node's own namespace, else `pod`.
 * - `inside CMD...` runs a command in the namespace, where `enters`: as root, and in the node's own as anybody.
 * - `become CMD...` is the same as the whole of a subshell, such as a part of a pipe: one process less.
 * - `section NAME`: what is written from here on belongs to the section of this name.
 * - `$consent`: `given` where a person said yes to what it costs, else empty.
 * - `$given`: its `words`, parted by blanks.
 * - `$sudo`: `given` where what is in `sudo` may be run through it, else empty.
 *
 * It takes no other arguments, asks nothing of the pod's own files and writes nothing.
 */
export interface LookKind<Kind extends Look = Look> {
  readonly tab: Kind['tab']
  /** Seconds between two looks while somebody is there; undefined: once, and again when it is asked for. */
  readonly every: number | undefined
  /** It costs so much that it is never begun again by itself: not after a failure, and not over another connection. */
  readonly isCostly?: true
  /** Milliseconds that one look may take; 10 s unless it says otherwise. */
  readonly patience?: number
  /** Bytes of output accepted. */
  readonly limit: number
  /** What one look costs the node, in a few words. */
  readonly cost: string
  /** Every command that the script may run. */
  readonly runs: readonly LookRun[]
  /** What the script runs as root through sudo, where its right is that of a user. */
  readonly sudo?: readonly RootCommand[]
  /** Files that the shell itself reads, without a command. */
  readonly reads?: readonly string[]
  readonly script: string
  /** What may answer in place of the script: `held` of `Script` in probe.ts. `finder`: a text for `sh -c` that finds a process. */
  readonly held?: (finder: string) => string
  /** What it is told of the service that is meant: no word holds a blank. Throws for one that cannot be looked for. */
  readonly words?: (service: ServicePlace | undefined) => readonly string[]
  /** Pure. `before`: what the look before found, and how many seconds lie between. */
  read(seen: Seen, before: { readonly look: Kind; readonly seconds: number } | undefined): Kind | Blind
}

export const isBlind = (result: Look | Blind): result is Blind => 'cause' in result
