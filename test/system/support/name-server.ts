import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Argv, Running } from './command.ts'
import { folder } from './names.ts'
import { ends, type Pair } from './namespace.ts'
import { nodeProgram } from './programs.ts'

/**
 * A name server in the far namespace, which knows everything under `here.kntop.test` and nothing else. `client`: asks it from
 * the near one. `enter`: runs a program there that finds it in its resolv.conf.
 */
export const serveNames = async ({ near, far }: Pair): Promise<{ readonly enter: Argv; readonly client: Running }> => {
  far.start([
    ...(['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--user=root', '--pid-file='] as const),
    ...['--no-resolv', '--no-hosts', '--log-facility=-', '--local=/kntop.test/'],
    '--address=/here.kntop.test/10.1.2.3',
  ])
  const resolver = join(mkdtempSync(join(folder, 'dns-')), 'resolv.conf')
  writeFileSync(resolver, `nameserver ${ends.far}\n`)
  const mount = 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"'
  const client = near.start(nodeProgram('ask', ends.far))
  await client.said(/^ready/)
  return { enter: [...near.enter, 'sh', '-ec', mount, 'sh', resolver], client }
}
