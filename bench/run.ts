import type { Measured } from './measured.ts'

/** Every bench by name; `npm run bench -- store start` runs only those. */
const suites: Readonly<Record<string, () => Promise<readonly Measured[]>>> = {
  start: async () => (await import('./start.ts')).benchStart(),
  sampler: async () => (await import('./sampler.ts')).benchSampler(),
  store: async () => (await import('./store.ts')).benchStore(),
  interface: async () => (await import('./interface.ts')).benchInterface(),
  terminal: async () => (await import('./terminal.ts')).benchTerminal(),
  ssh: async () => (await import('./ssh.ts')).benchSsh(),
  cluster: async () => (await import('./cluster.ts')).benchCluster(),
  pods: async () => (await import('./pods.ts')).benchPods(),
  flows: async () => (await import('./flows.ts')).benchFlows(),
  pod: async () => (await import('./pod.ts')).benchPod(),
  sockets: async () => (await import('./sockets.ts')).benchSockets(),
  'cluster-lab': async () => (await import('./cluster-lab.ts')).benchClusterLab(),
}

const over = ({ value, budget, atLeast }: Measured): boolean =>
  (budget !== undefined && value > budget) || (atLeast !== undefined && value < atLeast)

const row = (one: Measured): string => {
  const limit = one.budget === undefined ? (one.atLeast === undefined ? '' : `>= ${one.atLeast}`) : `<= ${one.budget}`
  const ratio =
    one.reference === undefined
      ? ''
      : `${(one.value / one.reference).toPrecision(2)} x ${one.beside ?? 'the plain way'} (${one.reference})`
  const verdict = limit === '' ? '' : over(one) ? 'OVER' : 'held'
  return `| ${one.name} | ${one.value} ${one.unit} | ${limit} | ${verdict} | ${ratio} |`
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in suites))
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}: there are ${Object.keys(suites).join(', ')}`)
  process.exit(2)
}

let missed = 0
console.log('| what | measured | budget | | beside |\n|---|---|---|---|---|')
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const results = await suite()
  for (const one of results) console.log(row(one))
  missed += results.filter(over).length
}
if (missed > 0) {
  console.error(`${missed} budgets missed`)
  process.exitCode = 1
}
