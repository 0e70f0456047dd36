import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { awkProgram, type NumberedTake } from '../source/nodes/sampler/awk.ts'
import { type AwkName, awks, demand } from '../test/nodes/sampler/awks.ts'
import { createMachine, moved, repeatable } from '../test/nodes/sampler/machine.ts'
import { type Staged, stage } from '../test/nodes/sampler/staged.ts'
import { cpuOf, groupOf, memoryOf } from './cost.ts'

/** Bytes, milliseconds of CPU and memory of one sampler, per sample. */
export interface SamplerCost {
  readonly cpu: number
  readonly bytes: number
  readonly rss: number
  readonly pss: number
}

/** The shell that a node's sampler sits behind, as the bootstrap starts it. */
const relays = { busybox: ['busybox', 'sh'], bash: ['bash'] } as const

const relayScript =
  'relay() { while read -r -t 15 x; do echo "$x" || exit; done; }; relay 2>/dev/null | exec "$@" 2>/dev/null'

const frameEnd = '\n##\n'

/** Asks for one frame and waits for the end of it; gives back its bytes. */
const answer = async (child: ChildProcess, groups: string): Promise<number> => {
  let text = ''
  child.stdin?.write(`${groups}\n`)
  while (!text.endsWith(frameEnd)) {
    const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer]
    text += chunk.toString('latin1')
  }
  return text.length
}

const warmUp = 10
const measured = 50
/** Milliseconds between ticks. */
const pace = 100

/**
 * What a sampler costs: fifty ticks, ten a second, every fifth with the 5 s group, after ten that are not counted. Includes
 * the relay in front of awk. At one tick a second caches are colder: up to twice as much (research, collectors 8.1).
 */
export const measureSampler = async (
  awk: AwkName,
  takes: readonly NumberedTake[],
  each: () => void = () => undefined,
  relay: keyof typeof relays = 'busybox',
): Promise<SamplerCost> => {
  demand('gawk', 'mawk', 'busybox', 'original-awk')
  const [command, ...args] = relays[relay]
  const child = spawn(command, [...args, '-c', relayScript, 'kntop', ...awks[awk], awkProgram(takes)], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  try {
    await answer(child, '1 5 60')
    const pids = groupOf(child.pid ?? 0)
    let before = 0
    let bytes = 0
    for (let tick = 1; tick <= warmUp + measured; tick += 1) {
      if (tick === warmUp + 1) {
        before = cpuOf(pids)
        bytes = 0
      }
      each()
      bytes += await answer(child, tick % 5 === 0 ? '1 5' : '1')
      await wait(pace)
    }
    return { cpu: (cpuOf(pids) - before) / measured, bytes: bytes / measured, ...memoryOf(pids) }
  } finally {
    child.stdin.end()
    await once(child, 'close')
  }
}

const perCpu = {
  stat: '/proc/stat',
  softnet: '/proc/net/softnet_stat',
  conntrack: '/proc/net/stat/nf_conntrack',
} as const

/** Files of a machine with so many CPUs, and what moves every counter in them on. */
export const machineOf = (
  cpus: number,
  takes: readonly NumberedTake[],
): { readonly files: Staged; readonly advance: () => void } => {
  const files = stage(takes)
  const machine = createMachine(cpus)
  const random = repeatable(7)
  const advance = (): void => {
    machine.advance()
    for (const path of files.paths) {
      const text = files.read(path)
      if (text !== undefined) files.write(path, moved(text, random))
    }
    for (const [name, text] of Object.entries(machine.texts())) files.write(perCpu[name as keyof typeof perCpu], text)
  }
  advance()
  return { files, advance }
}

/** As {@link measureSampler}, of generated files of a machine with so many CPUs. They are ordinary files, not the kernel's. */
export const measureMachine = async (
  awk: AwkName,
  cpus: number,
  takes: readonly NumberedTake[],
): Promise<SamplerCost> => {
  const { files, advance } = machineOf(cpus, takes)
  try {
    return await measureSampler(awk, files.takes, advance)
  } finally {
    files.remove()
  }
}
