/** What `--once` can print. */
export const formats = ['table', 'json', 'csv', 'markdown'] as const
export type Format = (typeof formats)[number]

/** How `kntop pod` and `kntop host` print, the usual way first. */
export const podFormats = ['table', 'json'] as const
export type PodFormat = (typeof podFormats)[number]

/** How `kntop commands` prints, the usual way first. */
export const commandFormats = ['text', 'json', 'sudoers'] as const
export type CommandFormat = (typeof commandFormats)[number]
