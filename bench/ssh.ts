import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type Measured, median, rounded } from './measured.ts'
import { runPlainly } from './ssh/plainly.ts'
import { type Press, type RunningProgram, startProgram } from './ssh/program.ts'
import { addressesOf, type Server, startServer } from './ssh/server.ts'

/** For a quick look: `KNTOP_BENCH_CONNECTIONS=100 npm run bench -- ssh`. */
const wantedCount = Number(process.env['KNTOP_BENCH_CONNECTIONS'] ?? 1000)
/** How many of the system's ssh are held beside it: each is a process. */
const mostProcesses = 200
/** Nodes that are contacted where nothing else is going on. */
const few = 5
const fewRuns = 5
/** Milliseconds until all nodes are live; what is live then is measured. */
const longestStart = 110_000
/** Seconds of a measurement, and before it, in which the compiler settles. */
const measured = 15
const settling = 20
/** Enough that the hundredth part of them is more than one. */
const presses = 200
/** Milliseconds for all presses, where they take long. */
const longestKeys = 45_000
/**
 * What all may take, in the CPU of the stream alone: the budget of 0.30 ms a node and second was made where that took 0.12 ms.
 * Unlike the milliseconds it holds on any machine.
 */
const budgetInStreams = 0.3 / 0.12
/** Milliseconds of what was left then for everything but the stream. */
const budgetBeyondStream = 0.3 - 0.12
/** Milliseconds between two presses at the least. */
const pace = 150
/** Descriptors beside one for each connection. */
const spareDescriptors = 100

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN

const megabytes = (bytes: number): number => rounded(bytes / 2 ** 20)

/** As many connections as the limit of descriptors allows (Node raises the soft one to the hard one by itself). */
const connections = (): number => {
  const hard = Number(/Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? Infinity)
  const most = Math.min(wantedCount, hard - spareDescriptors)
  if (most < wantedCount)
    console.error(`only ${most} connections instead of ${wantedCount}: at most ${hard} descriptors (ulimit -Hn)`)
  return most
}

/** Percent of a core over so many seconds. */
const shareOver = async (program: RunningProgram, during: () => Promise<unknown>): Promise<number> => {
  const [before, begun] = [program.cpu().own, performance.now()]
  await during()
  return (100 * (program.cpu().own - before)) / (performance.now() - begun)
}

const started = async <T>(
  server: Server,
  hosts: readonly string[],
  watch: (program: RunningProgram) => Promise<T>,
): Promise<T> => {
  const program = startProgram(server, hosts)
  try {
    return await watch(program)
  } finally {
    await program.end()
  }
}

/** Milliseconds from the first picture to figures of each of a few nodes. */
const firstValues = (server: Server): Promise<number> =>
  started(server, addressesOf(few), async (program) => {
    const picture = await program.sees('nodes(', 10_000)
    return (await program.sees(`${few} of ${few} live`, 20_000)) - picture
  })

const many = (server: Server, count: number) =>
  started(server, addressesOf(count), async (program) => {
    await program.sees('nodes(', 10_000)
    const before = program.cpu()
    const untilAll = await program.sees(`${count} of ${count} live`, longestStart).catch(() => Number.NaN)
    const live = program.live()
    const login = program.cpu()
    await wait(settling * 1000)
    const share = await shareOver(program, () => wait(measured * 1000))
    const resident = program.resident()
    const keys: Press[] = []
    const shareWithKeys = await shareOver(program, async () => {
      const end = performance.now() + longestKeys
      while (keys.length < presses && performance.now() < end) {
        keys.push(await program.press())
        await wait(pace)
      }
    })
    return {
      live,
      untilAll,
      perLogin: (login.own - before.own) / live,
      perResolving: login.children / count,
      share,
      shareWithKeys,
      resident: Math.max(resident, program.resident()),
      keys,
    }
  })

const keyRows = (name: string, keys: readonly Press[]): readonly Measured[] => {
  const [wall, undisturbed] = [keys.map((key) => key.wall), keys.map((key) => key.undisturbed)]
  const less = `${name}: key to paint less waits for a CPU`
  return [
    { name: `${name}: key to paint, median of ${keys.length}`, value: rounded(median(wall)), unit: 'ms' },
    { name: `${name}: key to paint, p99`, value: rounded(percentile(wall, 0.99)), unit: 'ms', budget: 50 },
    { name: `${less}, median`, value: rounded(median(undisturbed)), unit: 'ms' },
    { name: `${less}, p99`, value: rounded(percentile(undisturbed, 0.99)), unit: 'ms', budget: 50 },
  ]
}

const besides = async (server: Server, count: number, program: Awaited<ReturnType<typeof many>>) => {
  const name = `ssh, ${program.live} nodes with recorded answers`
  const library = await runPlainly(server, 'ssh2', addressesOf(count), measured)
  const processes = Math.min(mostProcesses, count)
  const system = await runPlainly(server, 'openssh', addressesOf(processes), measured)
  const beside = 'ssh2 alone'
  const rows: readonly Measured[] = [
    {
      name: `${name}: share of a core`,
      value: rounded(program.share),
      unit: '%',
      budget: 30,
      reference: rounded(library.ownShare),
      beside,
    },
    {
      name: `${name}: CPU as a multiple of that`,
      value: rounded(program.share / library.ownShare),
      unit: 'times',
      budget: budgetInStreams,
    },
    {
      name: `${name}: CPU of a node and second beyond that`,
      value: rounded(((program.share - library.ownShare) * 10) / program.live),
      unit: 'ms',
      budget: budgetBeyondStream,
    },
    {
      name: `${name}: resident`,
      value: megabytes(program.resident),
      unit: 'MB',
      budget: 350,
      reference: megabytes(library.resident),
      beside,
    },
    {
      name: `${name}: CPU of a login`,
      value: rounded(program.perLogin),
      unit: 'ms',
      reference: rounded(library.perLogin),
      beside,
    },
    { name: `${name}: CPU of ssh -G for each`, value: rounded(program.perResolving), unit: 'ms' },
    {
      name: `${name}: until all are live`,
      value: rounded(program.untilAll / 1000),
      unit: 's',
      reference: rounded(library.untilAll),
      beside,
    },
    { name: `${name}: share of a core with six keys a second`, value: rounded(program.shareWithKeys), unit: '%' },
    ...keyRows(name, program.keys),
    { name: `ssh2 alone, ${library.live} connections: received by each`, value: Math.round(library.rate), unit: 'B/s' },
    {
      name: `system ssh, ${system.live} processes: share of a core, theirs`,
      value: rounded(system.othersShare),
      unit: '%',
    },
    {
      name: `system ssh, ${system.live} processes: share of a core, Node's`,
      value: rounded(system.ownShare),
      unit: '%',
    },
    { name: `system ssh, ${system.live} processes: memory (PSS)`, value: megabytes(system.othersMemory), unit: 'MB' },
    { name: `system ssh, ${system.live} processes: CPU of a login`, value: rounded(system.perLogin), unit: 'ms' },
  ]
  // What did not come about is not there, and no zero.
  return rows.filter(({ value }) => !Number.isNaN(value))
}

/**
 * The built program in a pseudo-terminal, connected to one sshd on this machine under as many addresses as there are nodes;
 * beside it ssh2 alone, and the system's ssh. Behind the logins stand recorded answers: a thousand samplers would need the
 * whole machine. The server shares it all the same, so that times of the clock say less than CPU. Takes four minutes at most.
 */
export const benchSsh = async (): Promise<readonly Measured[]> => {
  const count = connections()
  const server = await startServer()
  try {
    const starts: number[] = []
    for (let run = 0; run < fewRuns; run += 1) starts.push(await firstValues(server))
    const rows = await besides(server, count, await many(server, count))
    return [
      {
        name: `ssh, ${few} nodes: first picture to first figures, median of ${fewRuns}`,
        value: Math.round(median(starts)),
        unit: 'ms',
        budget: 1000,
      },
      ...rows,
    ]
  } finally {
    await server.close()
  }
}
