import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FlowsLook } from '../source/events/looks.ts'
import { childSeconds, shellSeconds } from '../source/nodes/command-answer.ts'
import { lookScript } from '../source/nodes/namespaces/find-script.ts'
import { expectedCost, flowsLook } from '../source/nodes/namespaces/flows.ts'
import { isBlind } from '../source/nodes/namespaces/look-kind.ts'
import { sectionsOf } from '../source/nodes/namespaces/sections.ts'
import { clean } from '../source/text/clean.ts'
import { type Measured, median, rounded } from './measured.ts'

const namespace = 'kntop-bench-flows'
const host = { kind: 'host' } as const
const runs = 5

const run = (words: readonly string[]): string =>
  execFileSync('ip', ['netns', 'exec', namespace, ...words], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  })

/** An entry of a table as a node of a cluster has it: 60 % TCP to services, 30 % lookups, 10 % to outside. */
const entry = (index: number): string => {
  const kind = index % 10
  const client = `10.1.${Math.floor(index / 7) % 4}.${(index % 110) + 2}`
  const port = 1024 + (Math.floor(index / 64) % 60_000)
  const sent = `-s ${client} --sport ${port}`
  const back = `-q ${client} --reply-port-dst ${port}`
  if (kind < 6) {
    const state = index % 3 === 0 ? 'TIME_WAIT' : 'ESTABLISHED'
    return `-I -p tcp ${sent} -d 10.96.0.${index % 64} --dport 80 -r 10.1.2.${(index % 20) + 1} ${back} --reply-port-src 8080 --state ${state} -u SEEN_REPLY,ASSURED -t 7200`
  }
  if (kind < 9)
    return `-I -p udp ${sent} -d 10.96.0.10 --dport 53 -r 10.1.3.${(index % 2) + 1} ${back} --reply-port-src 53 -u SEEN_REPLY -t 7200`
  return `-I -p tcp ${sent} -d 10.2.${Math.floor(index / 200) % 200}.${index % 200} --dport 443 --state SYN_SENT -t 7200`
}

const fill = (count: number): void => {
  const file = join(tmpdir(), namespace)
  run(['conntrack', '-F'])
  writeFileSync(file, Array.from({ length: count }, (_, index) => `${entry(index)}\n`).join(''))
  run(['conntrack', '--load-file', file])
  rmSync(file)
}

/** One look, as a person who agreed gets it. */
const look = (): NonNullable<FlowsLook['listed']> => {
  const { script, marker } = lookScript({ ...flowsLook, script: `consent=given\n${flowsLook.script}` }, host)
  const text = run(['sh', '-c', `uid=0\n( ${script.text} )`, 'sh', ...script.args])
  const footing = { way: clean(''), pid: 1, right: 'root', isHost: true } as const
  const seen = flowsLook.read({ footing, sections: sectionsOf(text, marker), place: host, cut: false }, undefined)
  if (isBlind(seen)) throw new Error(seen.cause)
  if (seen.listed === undefined) throw new Error('nothing was listed')
  return seen.listed
}

/** What a person types: CPU milliseconds. */
const byHand = (): number => {
  const sum = `awk '{ c[$5 " " $6]++ } END { for (k in c) print c[k], k }'`
  const times = run(['sh', '-c', `conntrack -L | ${sum} | sort -rn | head -n 300 >/dev/null; times`])
  return (childSeconds(times) + shellSeconds(times)) * 1000
}

/** What a listing must tell of: the kernel may leave out entries of a table that changes beneath it. */
const tellingShare = 0.99

const sizes = [10_000, 100_000, 262_000]

/** "Who fills it" beside `conntrack -L | awk`, in a namespace of its own. As root. */
export const benchFlows = async (): Promise<readonly Measured[]> => {
  execFileSync('ip', ['netns', 'add', namespace])
  try {
    return sizes.flatMap((size) => {
      fill(size)
      const entries = Number(run(['conntrack', '-C']))
      const plain: number[] = []
      const ours: number[] = []
      for (let turn = 0; turn < runs; turn++) {
        plain.push(byHand())
        const { cost, flows } = look()
        if (flows.total < entries * tellingShare) throw new Error(`${flows.total} of ${entries} entries were told`)
        ours.push(cost)
      }
      const name = `who fills it, node CPU, ${entries} entries`
      return [
        {
          name,
          value: rounded(median(ours)),
          unit: 'ms',
          reference: rounded(median(plain)),
          beside: 'conntrack -L | awk',
        },
        { name: `${name}, as expected before`, value: rounded(expectedCost(entries)), unit: 'ms' },
      ]
    })
  } finally {
    execFileSync('ip', ['netns', 'del', namespace])
  }
}
