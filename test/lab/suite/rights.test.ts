import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissions } from '../../../source/cluster/permissions-table.ts'
import type { JsonNode } from '../../../source/export/json.ts'
import { type InTerminal, runInTerminal } from '../../terminal-e2e/kntop.ts'
import { build, flagsFor, program, type Watching, watchLab } from './kntop.ts'
import { podsOf } from './oracles.ts'
import {
  type Account,
  accounts,
  kubeconfigOf,
  makeAccounts,
  removeAccounts,
  rights,
  ruleOf,
} from './rights/accounts.ts'
import { figures, isLost, page, type Screen, screens } from './rights/expected.ts'
import { withLab } from './with-lab.ts'

/** So many are watched at a time, each in a stream and in a terminal. */
const together = 4
const batches = Array.from({ length: Math.ceil(accounts.length / together) }, (_, index) =>
  accounts.slice(index * together, (index + 1) * together),
).map((batch) => [batch.map(({ name }) => name).join(', '), batch] as const)

const escaped = (text: string): string => text.replaceAll(/[.[\]()/]/g, '\\$&')

describe('a service account', () => {
  withLab((lab) => {
    const { kubectl } = lab
    const names = lab.nodes.map(({ name }) => name)
    let dnsNodes: ReadonlySet<string> = new Set()
    let folder = ''

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'kntop-rights-'))
      await build()
      await makeAccounts(kubectl)
      dnsNodes = new Set((await podsOf(lab, 'k8s-app=kube-dns', 'kube-system')).map(({ node }) => node))
    })
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      await removeAccounts(kubectl)
    })

    /** Resources and verbs that the API server lists for somebody in a namespace. */
    const listed = async (where: string, ...who: readonly string[]): Promise<readonly string[]> => {
      const text = await kubectl(['auth', 'can-i', '--list', `--namespace=${where}`, '--as=somebody', ...who])
      const rows = text.matchAll(/^(\S+) +\[\] +\[\] +\[([a-z ]+)\]$/gm)
      return Array.from(rows, ([, resource = '', verbs = '']) => `${resource} ${verbs}`)
    }

    test.for(['default', 'kube-system', 'kube-node-lease'])(
      'whose group is kntop may do in %s what the table says, and nothing else',
      async (where) => {
        const [bare, all] = await Promise.all([
          listed(where, '--as-group=system:authenticated'),
          listed(where, '--as-group=system:authenticated', '--as-group=kntop'),
        ])
        expect(bare.join()).toContain('selfsubjectaccessreviews')
        const wanted = permissions
          .filter(({ namespace }) => namespace === undefined || namespace === where)
          .map(({ group, resource, verbs }) => `${[resource, group].filter(Boolean).join('.')} ${verbs.join(' ')}`)
        expect(all.filter((line) => !bare.includes(line)).toSorted()).toEqual(wanted.toSorted())
      },
    )

    test('may lack no right that is needed for nothing here', () => {
      const needed = new Set([...figures, ...screens, page].flatMap(({ needs }): readonly string[] => needs))
      expect(rights.filter(({ permission }) => !needed.has(permission.resource)).map(ruleOf)).toEqual([])
    })

    /** What a stream of JSON has of nodes: all that the account may know, and of the rest which right is missing. */
    const checkStream = async (kntop: Watching, { name, lacks }: Account): Promise<void> => {
      const having = (needs: readonly string[]): readonly string[] => (isLost(needs, lacks) ? [] : names)
      const wanted = figures.flatMap(({ what, needs, onlyWithDns }) =>
        having(needs)
          .filter((node) => onlyWithDns === undefined || dnsNodes.has(node))
          .map((node) => `${node}: ${what}`),
      )
      const there = (): readonly string[] =>
        figures.flatMap(({ what, isThere }) =>
          (kntop.now()?.nodes ?? []).filter(isThere).map((node) => `${node.name}: ${what}`),
        )
      await expect.poll(() => there().toSorted(), { message: name }).toEqual(wanted.toSorted())
      const advice = (node: JsonNode, metric: keyof JsonNode['readings']): string => {
        const reading = node.readings[metric]
        return 'missing' in reading ? `${reading.missing} ${reading.advice}` : ''
      }
      for (const { metric, needs, onlyWithDns } of figures) {
        if (lacks === undefined || metric === undefined || !isLost(needs, lacks)) continue
        const said = (): readonly string[] =>
          (kntop.now()?.nodes ?? [])
            .filter((node) => onlyWithDns === undefined || dnsNodes.has(node.name))
            .map((node) => advice(node, metric))
        await expect
          .poll(() => said().filter((words) => !words.startsWith(`denied needs ${ruleOf(lacks)}`)), { message: name })
          .toEqual([])
      }
      // It goes on.
      const lines = kntop.lines().length
      await expect.poll(() => kntop.lines().length, { message: name }).toBeGreaterThan(lines + 1)
    }

    const checkScreen = async (at: InTerminal, { typed, title, needs, row }: Screen, lacks: Account['lacks']) => {
      at.pty.write(typed)
      await at.sees(title)
      if (!isLost(needs.slice(0, 1), lacks)) await at.sees(row)
      if (lacks !== undefined && needs.includes(lacks.permission.resource))
        await at.sees(new RegExp(`needs ${escaped(ruleOf(lacks))}(?![\\w,])`))
      else expect(at.emulator.text().join('\n')).not.toMatch(/needs (?:get|list|watch)/)
    }

    /** What each screen shows: its rows, or which right is missing for them. */
    const checkTerminal = async (at: InTerminal, { lacks }: Account): Promise<void> => {
      await at.sees(/API +[\d.]+m?s +watch/)
      for (const each of screens) await checkScreen(at, each, lacks)
      if (!isLost(['nodes'], lacks)) {
        // It has no connection to the node: what its kubelet says counts.
        for (const key of page.keys) at.pty.write(key)
        await at.sees('as the API server knows it')
        const denied = lacks === undefined || !isLost(page.needs, lacks) ? undefined : ruleOf(lacks)
        if (denied !== undefined) await at.sees(`not known: needs ${denied}`)
        if (lacks === undefined || !isLost(['leases'], lacks)) await at.sees(page.heard)
      }
      expect(at.exitCode()).toBeUndefined()
    }

    test.for(batches)('that %s is told what is missing, and loses nothing else', async ([, batch]) => {
      const started = await Promise.all(
        batch.map(async (account) => ({ account, kubeconfig: await kubeconfigOf(lab, account, folder) })),
      )
      await Promise.all(
        started.map(async ({ account, kubeconfig }) => {
          const own = { ...lab, kubeconfig }
          const flags = flagsFor(own).filter((flag) => flag !== '--ssh')
          const at = runInTerminal([program, ...flags, '--no-ssh'], { columns: 140, rows: 40 })
          const stream = watchLab(own)
          await Promise.all([checkStream(stream, account), checkTerminal(at, account)]).catch((error: unknown) => {
            throw new Error(`${account.name}: ${String(error)}`, { cause: error })
          })
        }),
      )
    })
  })
})
