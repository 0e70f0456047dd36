import { fileURLToPath } from 'node:url'
import type { Argv } from './command.ts'

/** A program of the folder `programs`, run by this Node; its head says what it takes. */
export const nodeProgram = (name: string, ...args: readonly (string | number)[]): Argv => [
  process.execPath,
  fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url)),
  ...args.map(String),
]

/**
 * A load that ends by itself: so many processes, each busy and idle by turns, in milliseconds. At its end it prints
 * `ended, used N ms`, the CPU time of all of them.
 */
export const burning = (seconds: number, processes: number, busy: number, idle: number): Argv => [
  'perl',
  fileURLToPath(new URL('../programs/burn.pl', import.meta.url)),
  ...[seconds, processes, busy, idle].map(String),
]
