import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { planOf } from '../../source/nodes/plan.ts'
import { probes } from '../../source/nodes/probes.ts'
import { freePort } from '../../test/nodes/connections/free-port.ts'
import { makeKey } from '../../test/nodes/connections/ssh/auth/support/keys.ts'
import { demand } from '../../test/nodes/sampler/awks.ts'
import { greeting, listing, recordHere, recordMinute } from '../recorded-connection.ts'
import { clientConfig } from './client-config.ts'
import { listening } from './listening.ts'
import { makePods } from './made-pods.ts'

/** One sshd on this machine that answers for as many nodes as there are addresses in 127.0.0.0/8. */
export interface Server {
  /** Holds all that belongs to it; whoever logs in may keep things there as well. */
  readonly folder: string
  readonly port: number
  readonly user: string
  readonly key: string
  /** For ssh's `-F`: leads to every address, and believes what it sees there. */
  readonly configFile: string
  /** Ends it when everybody has gone, and removes its folder. */
  close(): Promise<void>
}

/** Milliseconds that its sessions have to end once nobody holds them. */
const patience = 10_000

/** Pods of each node: a thousand nodes have ten thousand. */
const podsOfNode = 10

/** What nodes answer is recorded once: nine of ten are as this machine is, in the tenth all is wrong, and every counter moves. */
const writeNode = async (folder: string): Promise<string> => {
  const { takes } = planOf(probes)
  const pods = await makePods(podsOfNode)
  try {
    writeFileSync(join(folder, 'troubled'), Buffer.concat(await recordMinute(8, takes, pods.keys)))
    writeFileSync(join(folder, 'calm'), Buffer.concat(await recordHere(takes, pods.keys)))
    writeFileSync(join(folder, 'pods'), pods.found)
  } finally {
    await pods.end()
  }
  writeFileSync(join(folder, 'listing'), listing)
  const program = join(import.meta.dirname, 'node.awk')
  const sums = `${takes.find(({ take }) => take.kind === 'namespaces')?.number}`
  const variables = Object.entries({ folder, greeting, sums }).flatMap(([name, value]) => ['-v', `'${name}=${value}'`])
  return ['exec mawk -W interactive', ...variables, '-f', `'${program}'`].join(' ')
}

const serverConfig = (folder: string, port: number, user: string, command: string): string =>
  [
    // One address of 127.0.0.0/8 cannot stand for all; who comes from elsewhere is refused by AllowUsers.
    ...[`Port ${port}`, 'ListenAddress 0.0.0.0', `AllowUsers ${user}@127.0.0.0/8`],
    ...[`HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/user.pub`, 'PasswordAuthentication no'],
    ...['KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no', 'PidFile none', 'LogLevel ERROR'],
    ...['MaxStartups 1000:30:2000', 'MaxSessions 1000', `SetEnv HOME=${folder}/home`, `ForceCommand ${command}`],
    '',
  ].join('\n')

const childrenOf = (pid: number | undefined): string => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
  } catch {
    return ''
  }
}

const end = async (child: ChildProcess): Promise<void> => {
  for (let waited = 0; childrenOf(child.pid) !== '' && waited < patience; waited += 100) await wait(100)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/** Starts it. Its folder is removed also where it does not start. */
export const startServer = async (): Promise<Server> => {
  demand('chrt', 'sshd', 'ssh', 'ssh-keygen', 'mawk')
  const folder = mkdtempSync(join(tmpdir(), 'kntop-bench-ssh-'))
  let child: ChildProcess | undefined
  const close = async (): Promise<void> => {
    if (child !== undefined) await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const { username: user, uid } = userInfo()
    const port = await freePort()
    makeKey(folder, 'host')
    const key = makeKey(folder, 'user')
    mkdirSync(join(folder, 'home'))
    // Where sshd locks its children in; Debian's service makes it otherwise.
    if (uid === 0) mkdirSync('/run/sshd', { recursive: true })
    writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, port, user, await writeNode(folder)))
    const configFile = join(folder, 'config')
    writeFileSync(configFile, clientConfig(folder, port, user))
    // A thousand nodes have CPUs of their own: here they get what those leave who are measured.
    child = spawn('chrt', ['--idle', '0', '/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await listening(child, port)
    return { folder, port, user, key, configFile, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** So many addresses that are all this machine. */
export const addressesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`)
