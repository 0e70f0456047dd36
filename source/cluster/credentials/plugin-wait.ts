import { basename } from 'node:path'
import { type Clean, clean } from '../../text/clean.ts'
import type { Target } from '../kubeconfig/target.ts'
import { named } from '../kubeconfig/wrong-kubeconfig.ts'

/** Tells of a plugin while it runs: whoever waits for it waits for no server. */
export interface PluginWait {
  run<Value>(plugin: () => Promise<Value>): Promise<Value>
  /** Which one runs, and for how long; empty: none. */
  words(): Clean
}

export const createPluginWait = ({ userName, user }: Target, now: () => number): PluginWait => {
  let began: number | undefined
  return {
    async run(plugin) {
      began = now()
      try {
        return await plugin()
      } finally {
        began = undefined
      }
    },
    words() {
      if (began === undefined) return clean('')
      const program = named(basename(user.exec?.command ?? ''))
      const seconds = Math.round((now() - began) / 1000)
      return clean(
        `user ${named(userName)}: the plugin ${program} has run for ${seconds} s: it may be asking for something`,
      )
    },
  }
}
