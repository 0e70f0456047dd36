import type { Link, Transport } from '../../events/link.ts'
import type { Clean } from '../../text/clean.ts'

/** Something that may come: calls back when it does, perhaps more than once; returns how to stop listening. */
export type Occasion = (come: () => void) => () => void

/**
 * When to try again: at a time (monotonic ms) or on an occasion before it; once something has been decided; on an occasion
 * alone; or only when a person asks for it, which is always possible.
 */
export type Again =
  | { readonly at: number; readonly sooner?: Occasion }
  | { readonly when: Promise<void> }
  | { readonly on: Occasion }
  | 'asked'

/** Why a connection or a channel ended, or could not be opened. */
export interface Cause {
  readonly state: Exclude<Link['state'], 'connecting' | 'live'>
  readonly cause: Clean
  /** Nobody was there to answer: another address of the same machine may. */
  readonly unreached?: true
  /** Without it: soon, and then less and less often. */
  readonly again?: Again
}

/** An error that carries a {@link Cause}: what happened and what to do. */
export class ConnectionError extends Error {
  readonly reason: Cause
  constructor(reason: Cause, options?: ErrorOptions) {
    super(reason.cause, options)
    this.reason = reason
  }
}

/** A program to run on a node: the arguments stand as they are, never as shell text. */
export interface Program {
  readonly argv: readonly [string, ...string[]]
  /** Written to its stdin before anything else: a text too long for a command line. */
  readonly input?: string
}

/** How a channel ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
  /** The last of what it wrote to stderr, at most 16 KB. */
  readonly stderr: Clean
}

/** A running program. Closing it ends the program and frees everything; `exit` settles once, and never rejects. */
export interface Channel {
  write(text: string): void
  onData(listener: (chunk: Buffer) => void): void
  close(): void
  readonly exit: Promise<Exit>
}

/** A way to run programs on one node. Knows nothing of retry. */
export interface Connection {
  readonly transport: Transport
  /** Which way it takes, such as `karin@10.0.0.7:22 via bastion`; undefined where there is no way to tell of. */
  readonly route?: Clean
  /** What is odd about it from the start, such as an address from memory. */
  readonly remark?: Clean
  /** Settles once, when the connection and everything that ran over it are gone; the only truth about it. */
  readonly closed: Promise<Cause>
  /** Rejects with a {@link ConnectionError}, also once the connection is closed. */
  stream(program: Program, signal: AbortSignal): Promise<Channel>
  /** Ends everything that runs over it; `closed` settles when that is done. */
  close(): void
}

/** The way of a connection, as it stands on a link. */
export type Way = Pick<Link, 'transport' | 'route'>

/** Hears of an attempt to connect while it is under way. */
export interface Attempt {
  /** Which way it takes, before it is known what comes of it. */
  goes(way: Way): void
  /** What it waits for; empty: for nothing any more. */
  waits(what: Clean): void
}

/** Opens connections; rejects with a {@link ConnectionError}. */
export type Connect = (signal: AbortSignal, attempt?: Attempt) => Promise<Connection>
