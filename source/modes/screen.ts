import type { Settings } from '../config/settings.ts'
import { createStore } from '../store/store.ts'
import { capabilitiesOf } from '../terminal/capabilities.ts'
import { setup } from './setup.ts'
import type { Surroundings } from './surroundings.ts'
import { watch } from './watch.ts'

/** The terminal interface on what the settings name. Gives back the exit code. */
export const screen = async (settings: Settings, surroundings: Omit<Surroundings, 'door'>): Promise<number> => {
  const { historyMemory, thresholds, color, glyphs } = settings
  const { feed } = await setup(settings, { ...surroundings, door: 'person' })
  const store = createStore({ historyBytes: historyMemory, thresholds })
  const colour = color === 'never' ? 'none' : color
  const { note } = surroundings
  return watch({ feed, store, note, capabilities: capabilitiesOf({ environment: process.env, colour, glyphs }) })
}
