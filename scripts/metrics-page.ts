import { type CatalogueMetric, catalogue } from '../source/metrics/catalogue.ts'
import { facts } from '../source/metrics/facts.ts'
import { bands, type Signal } from '../source/metrics/metric.ts'
import { probes } from '../source/nodes/probes.ts'

const headings: Readonly<Record<Signal, string>> = {
  conntrack: 'Connection tracking',
  fdatasync: 'fdatasync and the device',
  dns: 'DNS and UDP',
  rtt: 'Round-trip time and TCP',
  link: 'The link',
  proxy: 'Services on a node',
  noise: 'Noise',
  kntop: 'kntop itself',
}

const tiers = probes.flatMap((probe) => probe.tiers)

/** How a metric can be taken, best way first; the store derives what no probe gives. */
const ways = (metric: CatalogueMetric): string => {
  const words = tiers
    .filter((tier) => tier.metrics.includes(metric.id))
    .map((tier) => (tier.kind === 'stream' ? `${tier.tier} (opt-in \`${tier.optIn.name}\`)` : tier.tier))
  return words.length === 0 ? 'derived from other figures' : words.join(', else ')
}

const levels = (metric: CatalogueMetric): readonly string[] =>
  bands.flatMap((band) => {
    const level = band === 'ok' ? undefined : metric.levels[band]
    if (level === undefined) return []
    const side = metric.worse === 'lower' ? 'down to' : 'from'
    const hold = level.hold > 0 ? ` for ${level.hold} s` : ''
    return [`- ${band}: ${side} ${level.raise}${hold}, until ${level.clear} for ${level.linger} s (${level.origin})`]
  })

const entry = (metric: CatalogueMetric): string =>
  [
    `### \`${metric.id}\`\n`,
    `${metric.title}, in ${metric.unit}${metric.column ? `; column \`${metric.column.heading}\`` : ''}. ${metric.meaning}\n`,
    `What to do: ${metric.action}\n`,
    `Taken by: ${ways(metric)}.${metric.denominator ? ` Judged from ${metric.denominator.least} ${metric.denominator.of} on.` : ''}`,
    ...(levels(metric).length > 0 ? ['', ...levels(metric)] : []),
  ].join('\n')

/** docs/metrics.md, made from the catalogue and the probes. */
export const metricsPage = (): string => {
  const groups = Map.groupBy(catalogue, ({ signal }) => signal)
  const sections = Array.from(groups, ([signal, list]) => [`## ${headings[signal]}`, ...list.map(entry)].join('\n\n'))
  const factList = facts.map(({ id, meaning }) => `- \`${id}\`: ${meaning}`).join('\n')
  return `# Metrics

Made from the catalogue by \`npm run docs\`: every figure that kntop knows, once. The names are those of \`--once --output json\`.
Levels can be set in [config.yaml](configuration.md); a share raises no band below its least number of observations, and a
percentile is not shown below five observations beyond it.

${sections.join('\n\n')}

## Facts

${factList}
`
}
