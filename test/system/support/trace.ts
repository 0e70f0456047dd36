import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { run } from './command.ts'
import { folder, prefix } from './names.ts'

/** A system call as the kernel traced it. Milliseconds; `end` on the clock of `performance.now()`. */
export interface Call {
  readonly end: number
  readonly took: number
}

/** What `performance.now()` counts from, on the machine's monotonic clock. Milliseconds. */
const origin = (): number => Number(process.hrtime.bigint()) / 1e6 - performance.now()

const line =
  /-(\d+)\s+\[\d+\]\s.*?\s(\d+\.\d+): sys_fdatasync\(fd: \w+\)|-(\d+)\s+\[\d+\]\s.*?\s(\d+\.\d+): sys_fdatasync -> /

/** Pairs each return with the call before it of the same thread. */
const callsIn = (text: string): readonly Call[] => {
  const begun = new Map<string, number>()
  const from = origin()
  return text.split('\n').flatMap((entry) => {
    const [, caller, called, returner, returned] = line.exec(entry) ?? []
    if (caller !== undefined) begun.set(caller, Number(called) * 1000)
    const start = begun.get(returner ?? '')
    if (returner === undefined || start === undefined) return []
    return [{ end: Number(returned) * 1000 - from, took: Number(returned) * 1000 - start }]
  })
}

/** Where the kernel's tracing is mounted, and what its instance there is called: two suites may trace at once. */
const usual = { place: join(folder, 'tracing'), name: prefix }

/**
 * Traces fdatasync of one process, in an instance of its own of the kernel's tracing, until the test is over. Gives back what
 * tells its calls so far.
 */
export const traceSyncs = async (
  pid: number,
  { place: mounted, name }: typeof usual = usual,
): Promise<() => readonly Call[]> => {
  mkdirSync(mounted, { recursive: true })
  await run(['mount', '-t', 'tracefs', name, mounted])
  const instance = join(mounted, 'instances', name)
  onTestFinished(async () => {
    if (existsSync(instance)) rmdirSync(instance)
    await run(['umount', mounted])
  })
  mkdirSync(instance)
  writeFileSync(join(instance, 'trace_clock'), 'mono')
  writeFileSync(join(instance, 'set_event_pid'), String(pid))
  for (const event of ['sys_enter_fdatasync', 'sys_exit_fdatasync'])
    writeFileSync(join(instance, 'events/syscalls', event, 'enable'), '1')
  return () => callsIn(readFileSync(join(instance, 'trace'), 'utf8'))
}
