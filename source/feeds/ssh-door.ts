import type { Event } from '../events/event.ts'
import type { Fleet, FleetOptions } from '../nodes/connections/ssh/fleet.ts'
import type { Requests } from './requests.ts'

/** Whether there is somebody who can be asked for a passphrase or about a key. */
export type Door = 'person' | 'headless'

/** How nodes are reached by ssh, as settings have it. */
export type SshOptions = Omit<FleetOptions, 'ask' | 'decide' | 'now' | 'signal'>

/** All that logs in by ssh, and those who ask a person for it. */
export interface SshDoor {
  readonly fleet: Fleet
  readonly requests: Requests
}

/** Everything about ssh is loaded when it is needed: the first picture does not wait for it. */
export const openSshDoor = async (
  options: SshOptions,
  door: Door,
  emit: (events: readonly Event[]) => void,
  now: () => number,
  signal: AbortSignal,
): Promise<SshDoor> => {
  const [{ createFleet }, { createRequests }] = await Promise.all([
    import('../nodes/connections/ssh/fleet.ts'),
    import('./requests.ts'),
  ])
  const requests = createRequests(emit)
  const person = door === 'person' ? requests : undefined
  const fleet = await createFleet({ ...options, ask: person?.ask, decide: person?.decide, now, signal })
  return { fleet, requests }
}
