import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Place, PodPlace } from '../../../source/events/inquiry.ts'
import type { Footing } from '../../../source/events/looks.ts'
import type { PodId } from '../../../source/events/names.ts'
import type { Trees } from '../../../source/nodes/namespaces/find-pod.ts'
import { lookScript } from '../../../source/nodes/namespaces/find-script.ts'
import { footingOf } from '../../../source/nodes/namespaces/footing.ts'
import type { Blind } from '../../../source/nodes/namespaces/look-kind.ts'
import { type Sections, sectionsOf } from '../../../source/nodes/namespaces/sections.ts'
import { clean } from '../../../source/text/clean.ts'

export const shells = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['busybox sh', ['busybox', 'sh']],
  ['mksh', ['mksh']],
] as const

export const podOf = (
  more: Partial<Record<'uid', string>> & { readonly containers?: readonly string[] } = {},
): PodPlace => ({
  kind: 'pod',
  id: 'payments/shop' as PodId,
  uid: clean(more.uid ?? '0f0e0d0c-1111-2222-3333-444455556666'),
  containers: (more.containers ?? ['a'.repeat(64)]).map((id) => clean(id)),
  hostNetwork: false,
})

/** A process as /proc shows it. `line`: of its cgroup file. */
export interface MadeProcess {
  readonly name?: string
  readonly start?: number
  readonly line?: string
}

/** What a look came to. */
export interface Outcome {
  readonly footing: Footing | Blind
  readonly sections: Sections
}

/** A node out of folders, in which a look can be taken under a shell. */
export interface MadeNode {
  readonly root: string
  readonly trees: Trees
  /** Puts processes into a control group, as `pids/kubepods/...`, relative to the root of all. */
  group(path: string, ...pids: readonly number[]): void
  process(pid: number, made?: MadeProcess): void
  /** A program that is found in the PATH. */
  program(name: string, text: string): void
  /** A socket that a runtime listens on. */
  socket(path: string): void
  look(shell: readonly string[], place: Place, more?: { readonly uid?: number; readonly script?: string }): Outcome
}

export const madeNode = (): MadeNode => {
  const root = mkdtempSync(join(tmpdir(), 'kntop-node-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const trees = { cgroups: join(root, 'cgroup'), proc: join(root, 'proc'), run: join(root, 'run') }
  const put = (path: string, text: string): string => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }
  for (const folder of ['cgroup', 'proc', 'run', 'bin']) mkdirSync(join(root, folder))
  return {
    root,
    trees,
    group(path, ...pids) {
      // What the root of version 2 has, and the folder of version 1 has not.
      if (!/^(pids|memory|systemd|cpu)\//.test(path)) put('cgroup/cgroup.controllers', 'cpu memory pids')
      put(`cgroup/${path}/cgroup.procs`, pids.map((pid) => `${pid}\n`).join(''))
    },
    process(pid, { name = 'app', start = 1000 + pid, line = '' } = {}) {
      // Words 3 to 52 of proc(5): the 22nd is the start time.
      const words = [
        'S',
        ...Array.from({ length: 18 }, (_, index) => index),
        start,
        ...Array.from({ length: 30 }, () => 0),
      ]
      put(`proc/${pid}/stat`, `${pid} (${name}) ${words.join(' ')}\n`)
      put(`proc/${pid}/cgroup`, `12:cpuset:/\n0::${line}\n`)
      put(`proc/${pid}/ns/net`, '')
    },
    program: (name, text) => chmodSync(put(`bin/${name}`, `#!/bin/sh\n${text}\n`), 0o755),
    socket(path) {
      const file = join(root, 'run', path)
      mkdirSync(dirname(file), { recursive: true })
      execFileSync('perl', [
        '-MIO::Socket::UNIX',
        '-e',
        'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die $!',
        file,
      ])
    },
    look([command = '', ...args], place, { uid = 0, script = '' } = {}) {
      const { script: made, marker } = lookScript({ script }, place, trees)
      const text = `uid=${uid}\n${made.text}`
      const { stdout, status } = spawnSync(command, [...args, '-c', text, 'kntop', ...made.args], {
        env: { PATH: `${root}/bin:/usr/bin:/bin`, LC_ALL: 'C' },
        encoding: 'utf8',
      })
      const sections = sectionsOf(stdout, marker)
      return { footing: footingOf(sections, place, status ?? -1), sections }
    },
  }
}
