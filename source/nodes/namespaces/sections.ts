/** The lines that a script wrote, by the section that it named before them. */
export type Sections = ReadonlyMap<string, readonly string[]>

/**
 * Parts an output into sections. `marker` begins a line that names one, and is random for each program; before it stands the
 * end of a line, for what comes before may have none. Lines before the first section are left out, and so is an empty last
 * line of each.
 */
export const sectionsOf = (text: string, marker: string): Sections => {
  const sections = new Map<string, string[]>()
  let current: string[] = []
  const end = (): void => {
    if (current.at(-1) === '') current.pop()
  }
  for (const line of text.split('\n')) {
    if (line.startsWith(`${marker} `)) {
      end()
      const name = line.slice(marker.length + 1)
      current = sections.get(name) ?? []
      sections.set(name, current)
    } else current.push(line)
  }
  end()
  return sections
}
