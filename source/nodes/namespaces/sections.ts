/** The lines that a script wrote, by the section that it named before them. */
export type Sections = ReadonlyMap<string, readonly string[]>

/** What begins a line that names a section: told from all else by a word that is random for each program. */
export const sectionMark = (marker: string, name: string): string => `${marker} ${name}`

/** Parts an output into sections. Lines before the first are left out. */
export const sectionsOf = (text: string, marker: string): Sections => {
  const sections = new Map<string, string[]>()
  let current: string[] | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith(`${marker} `)) {
      const name = line.slice(marker.length + 1)
      current = sections.get(name) ?? []
      sections.set(name, current)
    } else current?.push(line)
  }
  // Each ends with the end of its last line.
  for (const lines of sections.values()) if (lines.at(-1) === '') lines.pop()
  return sections
}
