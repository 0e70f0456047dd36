import type { ProbeSettings } from './probe.ts'

/** What follows from a node's settings, made once: a tier is asked for its script every few seconds, on a thousand nodes. */
export const perSettings = <Made extends object>(
  make: (settings: ProbeSettings) => Made,
): ((settings: ProbeSettings) => Made) => {
  const made = new WeakMap<ProbeSettings, Made>()
  return (settings) => {
    const known = made.get(settings)
    if (known !== undefined) return known
    const one = make(settings)
    made.set(settings, one)
    return one
  }
}
