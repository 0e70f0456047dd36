import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { buildPrograms } from './build.ts'
import { openLab } from './cluster.ts'
import { takeDown } from './down.ts'
import { faults } from './faults.ts'
import { refuseIfUsed } from './in-use.ts'
import { checkTools } from './machine.ts'
import { cacheFolder, files, proxies } from './names.ts'
import { statusOf } from './status.ts'
import { bringUp } from './up.ts'

const usage = `A real Kubernetes cluster of several nodes on this machine, as root. See docs/lab.md.

  npm run lab -- up [--nodes N] [--proxy iptables|nftables]   3 nodes and iptables by themselves
  npm run lab -- build                                        builds its parts into the cache, and starts nothing
  npm run lab -- status
  npm run lab -- shell NODE
  npm run lab -- fault NAME [NODE] on|off
  npm run lab -- down

Faults, and where they are by themselves on the lab that is up:
${faults.map(({ name, what }) => `  ${name.padEnd(18)} ${what}`).join('\n')}`

/** Wrong words on the command line: the usage goes with it. */
const refuse = (cause: string): Error => new Error(`${cause}\n\n${usage}`)

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const build = async (): Promise<void> => {
  await checkTools()
  say(`all parts of the lab are in ${await buildPrograms(say)}`)
}

const up = async (nodes: string, proxy: string): Promise<void> => {
  const count = Number(nodes)
  if (!Number.isInteger(count) || count < 1 || count > 40) throw refuse('--nodes takes a number from 1 to 40')
  const mode = proxies.find((each) => each === proxy)
  if (mode === undefined) throw refuse(`--proxy takes one of: ${proxies.join(', ')}`)
  say(`starting ${count} nodes in namespaces of this machine, and one link of its own; programs are in ${cacheFolder}`)
  const began = performance.now()
  const lab = await bringUp({ nodes: count, proxy: mode, say })
  say(`up in ${((performance.now() - began) / 1000).toFixed(1)} s: ${lab.nodes.map(({ name }) => name).join(', ')}

kubeconfig            ${files.kubeconfig}   (kntop's own user, who may only read)
kubeconfig, all may   ${files.admin}
ssh configuration     ${files.sshConfig}

kntop --kubeconfig ${files.kubeconfig} --ssh-config ${files.sshConfig} --ssh
ssh -F ${files.sshConfig} ${lab.nodes.at(-1)?.name ?? ''}
${lab.state.programs}/kubectl --kubeconfig ${files.admin} get pods -A`)
}

const shell = async (name: string): Promise<number> => {
  const [command, ...args] = [...openLab().node(name).enter(), 'bash', '--login']
  const child = spawn(command ?? '', args, { stdio: 'inherit', cwd: '/' })
  const [status] = (await once(child, 'exit')) as [number | null]
  return status ?? 1
}

const fault = async (words: readonly string[]): Promise<void> => {
  const [name, ...rest] = words
  const onOff = rest.at(-1)
  const [where] = rest.slice(0, -1)
  if (name === undefined || rest.length > 2 || (onOff !== 'on' && onOff !== 'off'))
    throw refuse('fault takes: NAME [NODE] on|off')
  say(await openLab().fault(name, where, onOff === 'on'))
}

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: '3' },
      proxy: { type: 'string', default: 'iptables' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [command, ...words] = positionals
  if (['up', 'down', 'fault'].includes(command ?? '')) refuseIfUsed()
  if (values.help) return say(usage), 0
  if (command === 'up') await up(values.nodes, values.proxy)
  else if (command === 'build') await build()
  else if (command === 'down') await takeDown(say)
  else if (command === 'status') for (const line of await statusOf(openLab())) say(line)
  else if (command === 'shell') return shell(words[0] ?? '')
  else if (command === 'fault') await fault(words)
  else throw refuse(command === undefined ? 'what is to be done?' : `${command} is no command`)
  return 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
