import type { MetricId } from '../../metrics/catalogue.ts'
import { clean } from '../../text/clean.ts'
import type { CommandTier, Probe, Script } from '../probe.ts'
import { refuse } from '../refuse.ts'
import { fact, miss, missAll, nothingTaken, type Taken, take } from '../taken.ts'
import { beginnings, getterOf, noGetter, plainRequests } from './http.ts'

/** Where kube-proxy serves its metrics, without credentials: its default metricsBindAddress. */
const place = 'http://127.0.0.1:10249'

const ids = ['proxy.rules', 'proxy.sync_age'] as const satisfies readonly MetricId[]

const modes: ReadonlySet<string> = new Set(['iptables', 'ipvs', 'nftables', 'kernelspace', 'userspace'])

const getters = {
  curl: `${beginnings.curl} --noproxy "*" --proto =http`,
  wget: beginnings.wget,
} as const

const wanted = '^kubeproxy_sync_proxy_rules_(iptables_total|last_timestamp_seconds)'

/** Of 60 KB, some hundred bytes cross the wire. The mode ends without a line feed. */
const scriptOf = (get: string): Script => ({
  text: `${plainRequests}
echo "mode $(${get} ${place}/proxyMode 2>/dev/null | head -c 32)"
echo "now $(date +%s)"
${get} ${place}/metrics 2>/dev/null | grep -E '${wanted}' | head -c 8000
:`,
  args: [],
  shown: `${get} ${place}/proxyMode; ${get} ${place}/metrics | grep ^kubeproxy_sync_proxy_rules_`,
  runs: [
    { command: `${get} ${place}/proxyMode | head -c 32` },
    { command: 'date +%s' },
    { command: `${get} ${place}/metrics | grep -E '${wanted}' | head -c 8000` },
  ],
})

const scripts = { curl: scriptOf(getters.curl), wget: scriptOf(getters.wget) } as const

/** The values of a metric without regard to its labels. */
const valuesOf = (lines: readonly string[], metric: string): readonly number[] =>
  lines.flatMap((line) => {
    const [, value] = new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)`).exec(line) ?? []
    return value !== undefined && Number.isFinite(Number(value)) ? [Number(value)] : []
  })

const nobody =
  'no kube-proxy answers on port 10249 of this node: something else serves services here, or its metrics are elsewhere'

/** What kube-proxy's pages say, as `scripts` print them. */
const takenFrom = (text: string): Taken => {
  const taken = nothingTaken()
  const lines = text.split('\n')
  const mode = lines.find((line) => line.startsWith('mode '))?.slice(5) ?? ''
  if (!modes.has(mode)) {
    if (mode === '') missAll(taken, ids, 'not-applicable', nobody)
    else missAll(taken, ids, 'no-data', 'what answers on port 10249 of this node is no kube-proxy')
    return taken
  }
  fact(taken, 'proxy.mode', clean(mode))

  const rules = valuesOf(lines, 'kubeproxy_sync_proxy_rules_iptables_total')
  if (rules.length > 0)
    take(
      taken,
      'proxy.rules',
      rules.reduce((sum, value) => sum + value),
    )
  else miss(taken, 'proxy.rules', 'not-applicable', `kube-proxy counts no rules in ${mode} mode`)

  const now = Number(lines.find((line) => line.startsWith('now '))?.slice(4))
  // One for each family in newer versions: the one that is behind counts. 0: it has not written yet.
  const written = valuesOf(lines, 'kubeproxy_sync_proxy_rules_last_timestamp_seconds').filter((at) => at > 0)
  if (written.length > 0 && now > 0) take(taken, 'proxy.sync_age', Math.max(0, now - Math.min(...written)))
  else miss(taken, 'proxy.sync_age', 'no-data', 'kube-proxy has written no rules yet, or does not say when')
  return taken
}

const metricsTier: CommandTier<null> = {
  kind: 'command',
  tier: 'kube-proxy metrics',
  metrics: ids,
  start: null,
  every: 60,
  limit: 16 * 1024,
  cost: 'some 25 ms of CPU, most of it the start of curl or wget',
  scripts: () => [scripts.curl, scripts.wget],
  program(context) {
    if (!context.flags.paths.has('/var/lib/kubelet'))
      return refuse('not-applicable', 'no kubelet has run on this node (/var/lib/kubelet is not there)')
    const getter = getterOf(context.flags)
    return getter === undefined ? refuse('no-tool', noGetter('kube-proxy')) : scripts[getter]
  },
  step: (state, { text }) => ({ state, taken: takenFrom(text) }),
}

/** How services are served on a node, by kube-proxy's own word. */
export const proxyProbe: Probe = { name: 'proxy', takes: {}, tiers: [metricsTier] }
