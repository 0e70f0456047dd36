import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../system/support/finish.ts'
import { hashOf } from './build.ts'
import { cacheFolder } from './names.ts'

/** By what holds them; each is one layer of files of this machine. */
export const images = {
  pause: 'kntop-lab/pause:1',
  tools: 'kntop-lab/tools:1',
  coredns: 'kntop-lab/coredns:1',
} as const

/** A file and everything that it is linked with, under the paths that the loader looks for. */
const withLibraries = async (program: string): Promise<readonly string[]> => {
  const text = await run(['ldd', program]).catch(() => '')
  return [program, ...Array.from(text.matchAll(/(?:=> |^\t)(\/\S+)/gm), ([, path = '']) => path)]
}

const put = (root: string, from: string, to = from): void => {
  mkdirSync(dirname(join(root, to)), { recursive: true })
  copyFileSync(realpathSync(from), join(root, to))
}

const fillTools = async (root: string, programs: string): Promise<void> => {
  for (const program of ['/usr/bin/busybox', '/usr/sbin/nft'])
    for (const file of await withLibraries(program)) put(root, file)
  mkdirSync(join(root, 'bin'), { recursive: true })
  put(root, join(programs, 'pod'), '/usr/bin/pod')
  // The list names the program itself, too.
  const applets = (await run(['busybox', '--list'])).split('\n').filter((name) => name !== '' && name !== 'busybox')
  for (const applet of applets) symlinkSync('/usr/bin/busybox', join(root, 'bin', applet))
  for (const place of ['tmp', 'run', 'proc', 'sys', 'dev']) mkdirSync(join(root, place), { recursive: true })
}

const fill: Readonly<Record<keyof typeof images, (root: string, programs: string) => Promise<void> | void>> = {
  pause: (root, programs) => put(root, join(programs, 'pod'), '/usr/bin/pod'),
  tools: fillTools,
  coredns: (root, programs) => put(root, join(programs, 'coredns'), '/usr/bin/coredns'),
}

const entrypoint: Readonly<Record<keyof typeof images, readonly string[]>> = {
  pause: ['/usr/bin/pod', 'pause'],
  tools: [],
  coredns: ['/usr/bin/coredns'],
}

const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'] as const

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Writes an archive as `docker save` does. */
const writeArchive = async (to: string, programs: string, work: string): Promise<void> => {
  const manifest: object[] = []
  for (const name of Object.keys(images) as (keyof typeof images)[]) {
    const root = join(work, 'roots', name)
    mkdirSync(root, { recursive: true })
    await fill[name](root, programs)
    const layer = `${name}.tar`
    await run(['tar', ...reproducible, '-cf', join(work, layer), '-C', root, '.'])
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Entrypoint: entrypoint[name], Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digestOf(join(work, layer))}`] },
    }
    writeFileSync(join(work, `${name}.json`), JSON.stringify(config))
    manifest.push({ Config: `${name}.json`, RepoTags: [images[name]], Layers: [layer] })
  }
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest))
  const members = Object.keys(images).flatMap((name) => [`${name}.json`, `${name}.tar`])
  await run(['tar', ...reproducible, '-cf', to, '-C', work, 'manifest.json', ...members])
}

/** Gives back the archive with all images of the lab, made now if it is not in the cache. */
export const buildImages = async (programs: string): Promise<string> => {
  const own = readFileSync(import.meta.filename)
  const archive = join(
    cacheFolder,
    `images-${hashOf(programs, own, digestOf('/usr/bin/busybox'), digestOf('/usr/sbin/nft'))}.tar`,
  )
  if (existsSync(archive)) return archive
  const work = mkdtempSync(join(tmpdir(), 'kntop-lab-images-'))
  try {
    await writeArchive(`${archive}.new`, programs, work)
    renameSync(`${archive}.new`, archive)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return archive
}
