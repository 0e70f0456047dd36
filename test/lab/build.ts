import { createHash } from 'node:crypto'
import { existsSync, globSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { finish, run } from '../system/support/finish.ts'
import { cacheFolder } from './names.ts'

/** A Go module of the folder `go`, and the programs that are built of it. */
interface Part {
  readonly name: string
  /** Package by the name of its program. */
  readonly programs: Readonly<Record<string, string>>
  /** Values set while linking. */
  readonly set?: readonly string[]
  /** Other names that the one program goes by. */
  readonly aliases?: readonly string[]
}

const kubernetes = { version: 'v1.37.2', major: '1', minor: '37' } as const
const versionOf = 'k8s.io/component-base/version.git'

const parts: readonly Part[] = [
  { name: 'pod', programs: { pod: '.' } },
  { name: 'etcd', programs: { etcd: 'go.etcd.io/etcd/server/v3' } },
  {
    name: 'containerd',
    programs: Object.fromEntries(
      ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => [
        name,
        `github.com/containerd/containerd/v2/cmd/${name}`,
      ]),
    ),
  },
  { name: 'coredns', programs: { coredns: 'github.com/coredns/coredns' } },
  {
    name: 'kube',
    programs: { kube: '.' },
    set: [
      ...[`${versionOf}Version=${kubernetes.version}`, `${versionOf}TreeState=clean`],
      ...[`${versionOf}Major=${kubernetes.major}`, `${versionOf}Minor=${kubernetes.minor}`],
    ],
    aliases: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'],
  },
]

const sourceOf = (part: Part): string => join(import.meta.dirname, 'go', part.name)

export const hashOf = (...texts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex').slice(0, 12)
}

/** Changes with what a part is built of: its modules' versions and sums, our own lines, the compiler. */
const keyOf = (part: Part, compiler: string): string => {
  const own = globSync('*', { cwd: sourceOf(part) }).toSorted()
  return hashOf(
    compiler,
    JSON.stringify(part),
    ...own.flatMap((file) => [file, readFileSync(join(sourceOf(part), file))]),
  )
}

/** Makes a folder under another name first: one that is there is whole. */
const whole = async (path: string, make: (fresh: string) => Promise<void>): Promise<void> => {
  const fresh = `${path}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  await make(fresh)
  renameSync(fresh, path)
}

const buildPart = async (part: Part, to: string): Promise<void> => {
  const flags = ['-p=2', '-trimpath', '-buildvcs=false', '-mod=readonly']
  const values = ['-s', '-w', ...(part.set ?? []).map((value) => `-X=${value}`)].join(' ')
  for (const [program, source] of Object.entries(part.programs)) {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOTOOLCHAIN: 'local' }
    const build = [
      'nice',
      'go',
      '-C',
      sourceOf(part),
      'build',
      ...flags,
      '-ldflags',
      values,
      '-o',
      join(to, program),
      source,
    ]
    const { status, stderr } = await finish(build as [string, ...string[]], '', env)
    if (status !== 0) throw new Error(`building ${program} ended with ${status}: ${stderr.slice(-2000)}`)
  }
}

/**
 * Gives back the folder with all programs of the lab, built now if they are not in the cache: static programs of pinned
 * modules. `say` is told what takes long.
 */
export const buildPrograms = async (say: (text: string) => void): Promise<string> => {
  const compiler = (await run(['go', 'env', 'GOVERSION', 'GOARCH'])).trim()
  const built: (readonly [Part, string])[] = []
  for (const part of parts) {
    const path = join(cacheFolder, `${part.name}-${keyOf(part, compiler)}`)
    built.push([part, path])
    if (existsSync(path)) continue
    say(`building ${part.name}, once, into ${path}`)
    const began = performance.now()
    await whole(path, (fresh) => buildPart(part, fresh))
    say(`built ${part.name} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  }
  const programs = join(cacheFolder, `programs-${hashOf(...built.map(([, path]) => path))}`)
  if (!existsSync(programs))
    await whole(programs, async (fresh) => {
      // Links: the folder is shown whole inside the nodes, where the others are not seen.
      for (const [part, path] of built) {
        for (const program of Object.keys(part.programs)) linkSync(join(path, program), join(fresh, program))
        for (const alias of part.aliases ?? []) symlinkSync(Object.keys(part.programs)[0] ?? '', join(fresh, alias))
      }
    })
  return programs
}
