/** As much of a file's status as decides who may change it. */
export interface Ownership {
  readonly uid: number
  readonly mode: number
}

/** Why others than the user `self` and root could change what stands at a path; undefined if nobody else could. */
export const openToOthers = (
  what: string,
  path: string,
  { uid, mode }: Ownership,
  self: number,
): string | undefined => {
  if (uid !== self && uid !== 0) return `${what} belongs to another user (uid ${uid}): its owner must be you or root`
  return (mode & 0o022) === 0 ? undefined : `others can write ${what}: chmod go-w ${path}`
}
