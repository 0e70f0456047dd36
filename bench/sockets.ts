import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { socketsScript } from '../source/nodes/probes/sockets/script.ts'
import { type Measured, median, rounded } from './measured.ts'

const runs = 7
const driver = fileURLToPath(new URL('./sockets/driver.pl', import.meta.url))
const own = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'] as const

/** As many namespaces as a full node has pods, with ten sockets each, and the ten at their other ends. */
const [namespaces, sockets] = [100, 10]

const numbers = (text: string, word: string): readonly number[] =>
  Array.from(text.matchAll(new RegExp(`^${word} ([\\d.]+)`, 'gm')), ([, value]) => Number(value))

/** One process that reads the sockets of all namespaces beside `nsenter ss` for each; CPU of all that either starts. As root. */
export const benchSockets = async (): Promise<readonly Measured[]> => {
  const { text, args } = socketsScript([])
  const words = [driver, namespaces, sockets, runs, 'sh', '-c', text, 'kntop', ...args].map(String)
  const said = execFileSync('unshare', [...own, '--', 'perl', ...words], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  })
  const expected = 2 * namespaces * sockets
  if (numbers(said, 'sockets').length !== runs) throw new Error(`not every run told its sockets: ${said.slice(0, 200)}`)
  for (const told of numbers(said, 'sockets'))
    if (told !== expected) throw new Error(`${told} of ${expected} sockets were told`)
  for (const asked of numbers(said, 'asked yes'))
    if (asked !== namespaces * sockets)
      throw new Error(`${asked} questions for ${namespaces * sockets} sockets of clients`)
  const name = `sockets of ${namespaces + 1} namespaces, ${expected} of them, node CPU`
  return [
    {
      name,
      value: rounded(median(numbers(said, 'ours'))),
      unit: 'ms',
      reference: rounded(median(numbers(said, 'plain'))),
      beside: 'nsenter ss for each',
    },
    { name: `${name}: output`, value: median(numbers(said, 'told')), unit: 'bytes' },
  ]
}
