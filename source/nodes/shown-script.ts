import type { Script } from './probe.ts'

/** A script as a person would type it: what screens, `kntop commands` and the docs show. */
export const shownScript = ({ shown, text, args }: Pick<Script, 'shown' | 'text' | 'args'>): string =>
  shown ?? [text.trim(), ...args].join(' ')
