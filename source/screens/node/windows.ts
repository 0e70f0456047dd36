/** A stretch of time up to now that charts show. */
export interface Window {
  /** The digit that chooses it, as in the log view of k9s. */
  readonly key: string
  readonly label: string
  readonly seconds: number
}

export const windows = [
  { key: '1', label: '1m', seconds: 60 },
  { key: '2', label: '5m', seconds: 300 },
  { key: '3', label: '15m', seconds: 900 },
  { key: '4', label: '1h', seconds: 3600 },
  { key: '5', label: '6h', seconds: 6 * 3600 },
  { key: '6', label: '24h', seconds: 24 * 3600 },
] as const satisfies readonly Window[]
