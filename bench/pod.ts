import { execFileSync } from 'node:child_process'
import { type CommandRunner, openCommand } from '../source/nodes/command-runner.ts'
import { connectLocal } from '../source/nodes/connections/local.ts'
import { lookScript } from '../source/nodes/namespaces/find-script.ts'
import { looks } from '../source/nodes/namespaces/looks.ts'
import type { Script } from '../source/nodes/probe.ts'
import type { Measured } from './measured.ts'
import { rounded } from './measured.ts'
import { type MadePod, makePod } from './pod/made-pod.ts'
import { benchOpening } from './pod/opening.ts'

/** Looks at each tab: the kernel's clock of a shell's children steps by 10 ms. */
const rounds = 60

/** What a person types for the same. */
const byHand = ({ pid, address, cable }: MadePod): Readonly<Record<string, readonly string[]>> => {
  const inside = `nsenter -t ${pid} -n`
  return {
    overview: [`${inside} ip -s -d addr show`],
    routes: [
      ...['-4 route show table all', '-6 route show table all', '-4 rule', '-6 rule', 'neigh'].map(
        (words) => `${inside} ip ${words}`,
      ),
    ],
    sockets: [`${inside} ss -tuanpi`],
    dns: [`nsenter -t ${pid} -m cat /etc/resolv.conf`],
    conntrack: ['-s', '-r'].map((word) => `conntrack -L -f ipv4 ${word} ${address}`),
    stack: [`${inside} nstat -asz`],
    path: [
      ...['ss -tuani', 'nstat -asz TcpOutSegs TcpRetransSegs', 'ip -s link'].map((words) => `${inside} ${words}`),
      `ip -s link show dev ${cable}`,
    ],
  }
}

interface Spending {
  readonly runner: CommandRunner
  /** CPU milliseconds of each run but the first: of all processes that it started. */
  spent(): number
  run(): Promise<void>
}

const spending = async (script: Script, limit: number, shell: readonly string[]): Promise<Spending> => {
  const connection = await connectLocal()
  const signal = new AbortController().signal
  const runner = await openCommand({
    connection: {
      ...connection,
      stream: (program, ending) =>
        connection.stream(
          { ...program, argv: [shell[0] ?? 'sh', ...shell.slice(1), ...program.argv.slice(1)] },
          ending,
        ),
    },
    ...{ script, limit, signal },
  })
  let [first, last, runs] = [Number.NaN, 0, 0]
  return {
    runner,
    spent: () => ((last - first) * 1000) / (runs - 1),
    async run() {
      last = (await runner.run()).cpu
      if (runs === 0) first = last
      runs += 1
    },
  }
}

const benchCost = async (pod: MadePod): Promise<readonly Measured[]> => {
  const hands = byHand(pod)
  const usual = looks.filter(({ isCostly, words }) => isCostly !== true && words === undefined)
  const without = usual.filter(({ tab }) => hands[tab] === undefined)
  if (without.length > 0) throw new Error(`no words by hand for ${without.map(({ tab }) => tab).join(', ')}`)
  const all = await Promise.all(
    usual.map(async (kind) => {
      const { script } = lookScript(kind, pod.place)
      const text = (hands[kind.tab] ?? []).map((line) => `${line} >/dev/null 2>&1`).join('\n')
      return {
        tab: kind.tab as string,
        ours: await spending(script, kind.limit, ['sh']),
        plain: await spending({ text, args: [], shown: text }, 1000, ['sh']),
      }
    }),
  )
  for (let round = 0; round < rounds; round += 1)
    for (const { ours, plain } of all) {
      await ours.run()
      await plain.run()
    }
  for (const { ours, plain } of all) for (const { runner } of [ours, plain]) runner.close()
  return all.map(({ tab, ours, plain }) => ({
    name: `a look at ${tab}, node CPU`,
    value: rounded(ours.spent()),
    unit: 'ms',
    ...(tab === 'sockets' ? { budget: 5 } : {}),
    reference: rounded(plain.spent()),
    beside: 'by hand',
  }))
}

/** What a look costs a node of 110 pods, for a pod of 100 sockets; and how long it takes to open one. As root. */
export const benchPod = async (): Promise<readonly Measured[]> => {
  for (const tool of ['nsenter', 'conntrack']) execFileSync(tool, ['--version'], { stdio: 'ignore' })
  const pod = await makePod()
  try {
    return [...(await benchCost(pod)), ...(await benchOpening(pod))]
  } finally {
    await pod.close()
  }
}
