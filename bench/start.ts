import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { type Measured, median, rounded } from './measured.ts'

const program = resolve(import.meta.dirname, '..', 'bin', 'kntop.js')
const turns = 9

interface Start {
  /** Milliseconds from the start of the process to the first picture, and to the first figures. */
  readonly picture: number
  readonly figures: number
}

const size = { cols: 120, rows: 40 } as const

/** What stands on a screen: pictures are sent as what changed of them, so a phrase need not pass in one piece. */
const textOf = ({ buffer: { active } }: InstanceType<typeof xterm.Terminal>): string =>
  Array.from({ length: size.rows }, (_, row) => active.getLine(row)?.translateToString() ?? '').join('\n')

/** An API server whose address swallows what is sent there: a neighbour that is none, in a network namespace of this run. */
const blackHole = [
  'ip link add hole type veth peer name far',
  'ip link set far up && ip link set hole up && ip address add 192.0.2.1/24 dev hole',
  'ip neighbour add 192.0.2.7 lladdr 02:00:00:00:00:07 dev hole',
  'exec "$@"',
].join(' && ')

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'hole',
  contexts: [{ name: 'hole', context: { cluster: 'hole', user: 'hole' } }],
  clusters: [{ name: 'hole', cluster: { server: 'https://192.0.2.7:6443' } }],
  users: [{ name: 'hole', user: { token: 'none' } }],
})

/** The built program on this machine, and the same with a cluster whose API server never answers. */
const plain = [process.execPath, program, '--local']
const swallowing = ['unshare', '--net', '--map-root-user', 'sh', '-c', blackHole, 'sh']
const swallowed = (file: string): readonly string[] => [...swallowing, process.execPath, program, '--kubeconfig', file]

/** Milliseconds that making the black hole takes, which is none of kntop's. */
const untilSwallowing = (): number =>
  median(
    Array.from({ length: turns }, () => {
      const [command, ...words] = [...swallowing, 'true']
      const began = performance.now()
      execFileSync(command, words)
      return performance.now() - began
    }),
  )

/** Starts a program in a pseudo-terminal until the screen shows `last`, and ends it as a person would. */
const start = ([command = '', ...words]: readonly string[], last: string): Promise<Start> =>
  new Promise((done, fail) => {
    const began = performance.now()
    const terminal = spawn(command, words, {
      ...size,
      name: 'xterm-256color',
      env: { ...process.env, LANG: 'C.UTF-8' },
    })
    const screen = new xterm.Terminal({ ...size, allowProposedApi: true })
    let picture = Number.NaN
    let figures = Number.NaN
    const guard = setTimeout(() => terminal.kill('SIGKILL'), 15_000)
    terminal.onData((data) => {
      const arrived = performance.now() - began
      screen.write(data, () => {
        const seen = textOf(screen)
        if (Number.isNaN(picture) && seen.includes('nodes(')) picture = arrived
        if (Number.isNaN(figures) && seen.includes(last)) {
          figures = arrived
          terminal.write('\u0003')
          setTimeout(() => terminal.write('\u0003'), 100)
        }
      })
    })
    terminal.onExit(() => {
      clearTimeout(guard)
      if (Number.isNaN(figures)) fail(new Error(`kntop showed no figures: ${textOf(screen)}`))
      else done({ picture, figures })
    })
  })

const starts = async (words: readonly string[], last: string): Promise<readonly Start[]> => {
  const runs: Start[] = []
  for (let turn = 0; turn < turns; turn += 1) runs.push(await start(words, last))
  return runs
}

const toPicture = (name: string, runs: readonly Start[], before = 0): Measured => ({
  name: `${name}, median of ${turns}`,
  value: rounded(median(runs.map(({ picture }) => picture)) - before),
  unit: 'ms',
  budget: 300,
})

/** First frame of the built program, and its first figures on this machine. */
export const benchStart = async (): Promise<readonly Measured[]> => {
  // A link that is live has given its first frame; the fill stands in the first row then.
  const here = await starts(plain, '1 of 1 live')
  const folder = mkdtempSync(join(tmpdir(), 'kntop-bench-'))
  try {
    const file = join(folder, 'kubeconfig')
    writeFileSync(file, kubeconfig)
    const unanswered = await starts(swallowed(file), 'nodes(')
    return [
      toPicture('start to first frame', here),
      {
        name: `first frame to first figures, median of ${turns}`,
        value: rounded(median(here.map(({ picture, figures }) => figures - picture))),
        unit: 'ms',
        budget: 1000,
      },
      toPicture('start to first frame, the API server a black hole', unanswered, untilSwallowing()),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
