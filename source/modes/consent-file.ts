import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeStateFile } from '../config/state-folder.ts'

/** The file of the state folder that keeps for which clusters "always" was answered. */
const fileName = 'ssh-consent.json'
const version = 1

const parse = (text: string): readonly string[] => {
  try {
    const { version: of, clusters } = JSON.parse(text) as { readonly version?: unknown; readonly clusters?: unknown }
    if (of !== version || !Array.isArray(clusters)) return []
    return clusters.filter((name): name is string => typeof name === 'string')
  } catch {
    // What is not understood is no consent.
    return []
  }
}

const readAll = async (folder: string): Promise<readonly string[]> => {
  try {
    return parse(await readFile(join(folder, fileName), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Whether SSH to the nodes of this cluster was allowed for all times. A file that cannot be read is no consent. */
export const isRemembered = async (folder: string | undefined, cluster: string): Promise<boolean> =>
  folder !== undefined && (await readAll(folder).catch((): readonly string[] => [])).includes(cluster)

/** Keeps that it was. Rejects with the system's error. */
export const remember = async (folder: string | undefined, cluster: string): Promise<void> => {
  if (folder === undefined) return
  const clusters = new Set([...(await readAll(folder)), cluster])
  await writeStateFile(folder, fileName, `${JSON.stringify({ version, clusters: [...clusters] })}\n`)
}
