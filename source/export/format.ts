/** What `--once` can print. */
export const formats = ['table', 'json', 'csv', 'markdown'] as const
export type Format = (typeof formats)[number]
