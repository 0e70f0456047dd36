import { spawnSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, thisClient } from '../../../../source/nodes/connections/ssh/client.ts'

/** Puts the configurations of `configs/` into a folder, where `@FOLDER@` stands for it. */
export const writeConfigs = (folder: string): ((name: string) => string) => {
  cpSync(join(import.meta.dirname, 'configs'), folder, { recursive: true })
  for (const path of globSync(join(folder, '**/*.{conf,inc}'))) {
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('@FOLDER@', folder))
  }
  return (name) => join(folder, `${name}.conf`)
}

/** This user with an environment of their own. */
export const clientIn = (folder: string): Client => ({
  ...thisClient(),
  folder,
  environment: {
    PATH: process.env.PATH,
    HOME: folder,
    KNTOP_TEST_AGENT: join(folder, 'agent'),
    KNTOP_TEST_FOLDER: folder,
    KRB5CCNAME: join(folder, 'no-ticket'),
  },
})

/** Every host of the folder: the configuration and the name that is asked. */
export const everyHost: readonly (readonly [config: string, host: string])[] = Object.entries({
  plain: ['web', 'web-2', 'DB', 'db', 'ipv6', 'build.internal', 'secret.internal', 'elsewhere', '192.0.2.1', 'UPPER'],
  include: ['first', 'second', 'inside', 'after', 'elsewhere'],
  match: ['app1', 'app2', 'other', 'elsewhere'],
  exec: ['vpn', 'office', 'bastion-2'],
  jumps: ['inner', 'middle', 'outer', 'listed', 'sixes', 'tokens', 'direct', 'round', 'both', 'command'],
  trust: ['many', 'alias', 'none', 'off', 'no', 'elsewhere'],
  none: ['called', 'unset', 'direct', 'interface', 'zero', 'huge'],
  agent: ['path', 'none', 'usual', 'variable', 'unset', 'braces'],
  beyond: [
    'certificate',
    'pkcs11',
    'command',
    'revoked',
    'dns',
    'proxy',
    'pass',
    'kerberos',
    'debian',
    'interface',
    'address',
    'short',
  ],
}).flatMap(([config, hosts]) => hosts.map((host) => [config, host] as const))

/** What the real ssh says that it would try with, as it comes to connect; it connects to nothing. */
export const sshTries = (configFile: string, host: string, { environment, folder }: Client) => {
  const options = ['-F', configFile, '-v', '-T', '-o', 'ProxyCommand=false', '-o', 'BatchMode=yes', '--', host]
  const { stderr } = spawnSync('ssh', options, {
    encoding: 'utf8',
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const paths = (kind: string): readonly string[] =>
    [...stderr.matchAll(new RegExp(`^debug1: ${kind} file (.*) type -?\\d+$`, 'gm'))].map(([, path = '']) => path)
  return {
    // Each is followed by the certificate that might lie beside it.
    identityFiles: paths('identity').filter((path) => !path.endsWith('-cert')),
    certificateFiles: paths('certificate'),
  }
}
