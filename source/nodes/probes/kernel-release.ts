/**
 * Whether a kernel release (`uname -r`, such as `5.14.0-503.el9`) is at least `major.minor`; false for what is no release.
 * Distributions carry newer code under older numbers: ask the kernel itself where it can answer.
 */
export const kernelAtLeast = (release: string, major: number, minor: number): boolean => {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(release) ?? []
  return Number(first) > major || (Number(first) === major && Number(second) >= minor)
}
