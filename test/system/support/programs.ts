import { fileURLToPath } from 'node:url'
import type { Argv } from './command.ts'

/** A program of the folder `programs`, run by this Node; its head says what it takes. */
export const nodeProgram = (name: string, ...args: readonly (string | number)[]): Argv => [
  process.execPath,
  fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url)),
  ...args.map(String),
]
