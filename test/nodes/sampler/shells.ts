/** The shells that a node may have as `sh`. */
export const shells = {
  dash: ['dash'],
  bash: ['bash'],
  busybox: ['busybox', 'sh'],
  mksh: ['mksh'],
  ksh93: ['ksh93'],
} as const satisfies Record<string, readonly [string, ...string[]]>
