import { readFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { Kubeconfig } from './entries.ts'
import { mergeKubeconfigs } from './merge.ts'
import { parseKubeconfig } from './parse.ts'
import { WrongKubeconfig } from './wrong-kubeconfig.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where kubeconfigs are looked for. */
export interface Places {
  readonly files: readonly string[]
  /** The one file that was named: it must be there. */
  readonly isNamed: boolean
}

/** Absolute paths, first first. `named` is that of `--kubeconfig`: it stands alone, as for kubectl. */
export const placesOf = (environment: Environment, named?: string): Places => {
  if (named !== undefined) return { files: [resolve(named)], isNamed: true }
  const listed = environment['KUBECONFIG']
  if (listed) {
    const files = listed.split(delimiter).filter((file) => file !== '')
    return { files: [...new Set(files)].map((file) => resolve(file)), isNamed: false }
  }
  const home = environment['HOME']
  return { files: home ? [join(home, '.kube', 'config')] : [], isNamed: false }
}

const why: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: check --kubeconfig',
  EACCES: 'you may not read it: check its permissions',
  EPERM: 'you may not read it: check its permissions',
  EISDIR: 'it is a folder: name the file in it',
}

const readOne = async (file: string, mustBe: boolean): Promise<Kubeconfig | undefined> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    if (!mustBe && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw new WrongKubeconfig(`kubeconfig ${file}: ${why[code] ?? `it cannot be read (${code})`}`)
  }
  return parseKubeconfig(text, file)
}

/** All files there are, merged, and which those are. Throws {@link WrongKubeconfig}. */
export const readKubeconfigs = async ({
  files,
  isNamed,
}: Places): Promise<{ readonly config: Kubeconfig; readonly read: readonly string[] }> => {
  const found = await Promise.all(files.map(async (file) => ({ file, config: await readOne(file, isNamed) })))
  return {
    config: mergeKubeconfigs(found.flatMap(({ config }) => config ?? [])),
    read: found.flatMap(({ file, config }) => (config === undefined ? [] : [file])),
  }
}
