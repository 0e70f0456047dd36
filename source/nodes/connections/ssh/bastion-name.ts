import { type Clean, clean } from '../../../text/clean.ts'

/** A cause of a bastion as it stands at the nodes behind it. One of a bastion before this one names itself. */
export const byName = (alias: string, cause: Clean): Clean =>
  cause === '' || cause.startsWith('bastion ') ? cause : clean(`bastion ${alias}: ${cause}`, 1000)
