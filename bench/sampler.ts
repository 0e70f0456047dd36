import { boundHeap } from '../source/cli/bound-heap.ts'
import { planOf } from '../source/nodes/plan.ts'
import { probes } from '../source/nodes/probes.ts'
import { awkNames } from '../test/nodes/sampler/awks.ts'
import { type Measured, rounded } from './measured.ts'
import { measureNodeExporter } from './node-exporter.ts'
import { measureClient } from './sampler-client.ts'
import { measureMachine, measureSampler } from './sampler-node.ts'

const { takes } = planOf(probes)
const megabytes = (bytes: number): number => rounded(bytes / 2 ** 20)
/** Milliseconds of CPU per sample; sshd takes 0.19 of the 1 ms besides (research, collectors 8.1). */
const cpuBudget = 0.81

const benchNodes = async (): Promise<Measured[]> => {
  const exporter = await measureNodeExporter()
  const beside = 'a scrape of node_exporter'
  const results: Measured[] = []
  for (const awk of awkNames) {
    const cost = await measureSampler(awk, takes)
    results.push(
      {
        name: `sampler, ${awk}: CPU per sample`,
        value: rounded(cost.cpu),
        unit: 'ms',
        budget: cpuBudget,
        reference: rounded(exporter.cpu),
        beside,
      },
      {
        name: `sampler, ${awk}: bytes per frame`,
        value: Math.round(cost.bytes),
        unit: 'B',
        budget: 3 * 1024,
        reference: Math.round(exporter.bytes),
        beside,
      },
      {
        name: `sampler, ${awk}: memory of its own (PSS)`,
        value: megabytes(cost.pss),
        unit: 'MB',
        budget: 5,
        reference: megabytes(exporter.pss),
        beside: 'node_exporter',
      },
      {
        name: `sampler, ${awk}: resident, its three processes added up`,
        value: megabytes(cost.rss),
        unit: 'MB',
        reference: megabytes(exporter.rss),
        beside: 'node_exporter',
      },
    )
  }
  const bash = await measureSampler('gawk', takes, undefined, 'bash')
  results.push({
    name: 'sampler, gawk behind bash: CPU per sample',
    value: rounded(bash.cpu),
    unit: 'ms',
    budget: cpuBudget,
  })
  return results
}

const benchMachines = async (): Promise<Measured[]> => {
  const results: Measured[] = []
  for (const awk of awkNames)
    for (const cpus of [2, 32, 128, 512]) {
      const cost = await measureMachine(awk, cpus, takes)
      results.push(
        {
          name: `sampler, ${awk}, ${cpus} CPUs, all counters moving: CPU per sample`,
          value: rounded(cost.cpu),
          unit: 'ms',
        },
        {
          name: `sampler, ${awk}, ${cpus} CPUs, all counters moving: bytes per frame`,
          value: Math.round(cost.bytes),
          unit: 'B',
          budget: cpus === 2 ? 3 * 1024 : 8 * 1024,
        },
      )
    }
  return results
}

const benchClient = async (): Promise<Measured[]> => {
  boundHeap()
  const cost = await measureClient(1000, 20, 15)
  return [
    {
      name: 'client, 1,000 nodes: decode, probes and store per node and second',
      value: rounded(cost.perSample),
      unit: 'µs',
      budget: 180,
    },
    { name: 'client, 1,000 nodes: of it in the store', value: rounded(cost.store), unit: 'µs' },
    { name: 'client, 1,000 nodes at 1 Hz: share of a core', value: rounded(cost.share), unit: '%', budget: 18 },
    { name: 'client, 1,000 nodes: resident', value: megabytes(cost.resident), unit: 'MB', budget: 350 },
    { name: 'client, 1,000 nodes at 1 Hz: samples per node and second', value: rounded(cost.samples), unit: '1/s' },
  ]
}

/** What the sampler costs a node, beside node_exporter, and what a thousand of them cost the client. Takes three minutes. */
export const benchSampler = async (): Promise<readonly Measured[]> => [
  ...(await benchNodes()),
  ...(await benchMachines()),
  ...(await benchClient()),
]
