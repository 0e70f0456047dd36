import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Found, findCluster, type LoadOptions } from '../../../source/cluster/kubeconfig/load.ts'
import { temporaryFolder } from '../../config/temporary.ts'

const config = (name: string, changes = ''): string => `
current-context: ${name}
clusters: [{name: ${name}, cluster: {server: "https://${name}.example:6443"}}]
users: [{name: ${name}, user: {token: abc}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: team}}]
${changes}`

const files = (texts: Readonly<Record<string, string>>): string => {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
  return folder
}

const found = async (options: LoadOptions): Promise<Extract<Found, { state: 'found' }>['target']> => {
  const result = await findCluster(options)
  if (result.state !== 'found') throw new Error(result.cause)
  return result.target
}

const wrong = async (text: string, options: Partial<LoadOptions> = {}): Promise<string> => {
  const result = await findCluster({ environment: {}, kubeconfig: join(files({ config: text }), 'config'), ...options })
  return result.state === 'wrong' ? result.cause : `not wrong: ${result.state}`
}

describe('the cluster to watch', () => {
  it('is that of the first file, for KUBECONFIG=dev:prod', async () => {
    const folder = files({ dev: config('dev'), prod: config('prod') })
    const list = (...names: readonly string[]) => names.map((name) => name && join(folder, name)).join(':')
    expect((await found({ environment: { KUBECONFIG: list('dev', 'prod') } })).context).toBe('dev')
    expect((await found({ environment: { KUBECONFIG: list('', 'missing', 'prod', 'dev') } })).context).toBe('prod')
    const other = await found({ environment: { KUBECONFIG: list('dev', 'prod') }, context: 'prod' })
    expect([other.context, other.server.href]).toEqual(['prod', 'https://prod.example:6443/'])
  })

  it('is that of ~/.kube/config, unless a file is named, which alone counts then and must be there', async () => {
    const home = temporaryFolder()
    mkdirSync(join(home, '.kube'))
    writeFileSync(join(home, '.kube/config'), config('home'))
    const folder = files({ named: config('named'), dev: config('dev') })
    const environment = { HOME: home, KUBECONFIG: '' }
    expect((await found({ environment })).context).toBe('home')
    const named = { environment: { HOME: home, KUBECONFIG: join(folder, 'dev') }, kubeconfig: join(folder, 'named') }
    expect((await found(named)).context).toBe('named')
    expect(await findCluster({ ...named, kubeconfig: join(folder, 'nope') })).toEqual({
      state: 'wrong',
      cause: `kubeconfig ${join(folder, 'nope')}: there is no such file: check --kubeconfig`,
    })
    expect(await findCluster({ environment: { KUBECONFIG: folder } })).toEqual({
      state: 'wrong',
      cause: `kubeconfig ${folder}: it is a folder: name the file in it`,
    })
  })

  it('is none where there is no kubeconfig: never localhost:8080', async () => {
    const home = temporaryFolder()
    const none = { state: 'none', cause: `no kubeconfig: looked in ${home}/.kube/config` }
    expect(await findCluster({ environment: { HOME: home } })).toEqual(none)
    expect(await findCluster({ environment: {} })).toMatchObject({ state: 'none' })
    expect(await findCluster({ environment: { KUBECONFIG: ':' } })).toMatchObject({ state: 'none' })
    expect(await findCluster({ environment: { HOME: home }, context: 'dev' })).toMatchObject({ state: 'wrong' })
  })

  it('is none in a kubeconfig that is empty, which is told from one that is not there', async () => {
    const folder = files({ empty: '', bare: 'apiVersion: v1\nkind: Config\n' })
    const [empty, bare] = [join(folder, 'empty'), join(folder, 'bare')]
    expect(await findCluster({ environment: {}, kubeconfig: empty })).toEqual({
      state: 'none',
      cause: `kubeconfig ${empty}: no cluster and no context in it`,
    })
    expect(await findCluster({ environment: { KUBECONFIG: `${empty}:${bare}:${folder}/nope` } })).toEqual({
      state: 'none',
      cause: `kubeconfig ${empty}, ${bare}: no cluster and no context in them`,
    })
  })

  it('is the one whose pod this runs in, where there is no kubeconfig', async () => {
    const serviceAccount = files({ token: 'abc', namespace: 'kntop\n', 'ca.crt': '' })
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
    const pod = await found({ environment, serviceAccount })
    expect(pod).toMatchObject({
      context: undefined,
      namespace: 'kntop',
      user: { tokenFile: join(serviceAccount, 'token') },
      cluster: { 'certificate-authority': join(serviceAccount, 'ca.crt') },
    })
    expect(pod.server.href).toBe('https://[fd00::1]/')
    const elsewhere = { environment, serviceAccount: join(serviceAccount, 'nope') }
    expect(await findCluster(elsewhere)).toMatchObject({ state: 'none' })
  })

  it('has the namespace of the flag, else of the context, else default', async () => {
    const folder = files({ dev: config('dev'), bare: config('bare').replace(', namespace: team', '') })
    const at = (name: string) => ({ environment: { KUBECONFIG: join(folder, name) } })
    expect((await found(at('dev'))).namespace).toBe('team')
    expect((await found({ ...at('dev'), namespace: 'mine' })).namespace).toBe('mine')
    expect((await found(at('bare'))).namespace).toBe('default')
  })

  it('is asked on behalf of whom the kubeconfig says, or the flag', async () => {
    const text = config('dev').replace(
      'token: abc',
      'as: robot, as-uid: "7", as-groups: [a, b], as-user-extra: {x: [z]}',
    )
    const environment = { KUBECONFIG: join(files({ text }), 'text') }
    const impersonation = { user: 'robot', uid: '7', groups: ['a', 'b'], extra: { x: ['z'] } }
    expect((await found({ environment })).impersonation).toEqual(impersonation)
    expect((await found({ environment, as: 'karin' })).impersonation?.user).toBe('karin')
  })

  it('is reached over https where no scheme is written and there is anything of TLS, as client-go has it', async () => {
    const at = async (cluster: string) =>
      (
        await found({
          environment: {
            KUBECONFIG: join(files({ c: config('dev', '').replace(/\{server: [^}]*\}/, `{${cluster}}`) }), 'c'),
          },
        })
      ).server.href
    expect(await at('server: "10.0.0.1:6443", certificate-authority: ca.crt')).toBe('https://10.0.0.1:6443/')
    expect(await at('server: "10.0.0.1:8001"')).toBe('http://10.0.0.1:8001/')
    expect(await at('server: "https://rancher/k8s/clusters/c-1"')).toBe('https://rancher/k8s/clusters/c-1')
  })

  it('that is written down wrongly is named with file, entry and what to do', async () => {
    const dev = config('dev')
    const user = (text: string): string => dev.replace('{token: abc}', `{${text}}`)
    const cluster = (text: string): string => dev.replace('{server: "https://dev.example:6443"}', `{${text}}`)
    expect(await wrong(dev, { context: 'prod' })).toBe('there is no context "prod" in the kubeconfig; there is "dev"')
    expect(await wrong(dev.replace('current-context: dev', ''))).toContain('names no current context: write --context')
    expect(await wrong(dev.replace('{cluster: dev', '{cluster: other'))).toContain(
      'names the cluster "other", which is not',
    )
    expect(await wrong(dev.replace('user: dev,', 'user: other,'))).toContain(
      'names the user "other", which is not there',
    )
    expect(await wrong(dev.replace('cluster: dev,', ''))).toContain('names no cluster')
    expect(await wrong(cluster(''))).toContain('has no server')
    expect(await wrong(cluster('server: "ftp://x"'))).toContain('neither http nor https')
    expect(await wrong(cluster('server: "https://k:hunter2@x"'))).toMatch(/holds a user or a password(?!.*hunter2)/)
    expect(await wrong(cluster('server: "https://x", proxy-url: "ftp://p"'))).toContain('its proxy-url is none of')
    expect(
      await wrong(cluster('server: "https://x", insecure-skip-tls-verify: true, certificate-authority: ca')),
    ).toContain('switches verification off')
    expect(await wrong(user('token: abc, username: u'))).toContain('both a token and a password')
    expect(await wrong(user('client-certificate: a'))).toContain('a client certificate without a key')
    expect(await wrong(user('as-groups: [a]'))).toContain('without as')
    expect(await wrong(user('auth-provider: {name: oidc, config: {id-token: x}}'))).toContain(
      'auth-provider oidc is not',
    )
    expect(await wrong(user('auth-provider: {name: gcp}'))).toContain('exec plugin of your cloud')
    const exec = (text: string): string => user(`exec: {apiVersion: client.authentication.k8s.io/v1, ${text}}`)
    expect(await wrong(exec('interactiveMode: Never'))).toContain('exec names no command')
    expect(await wrong(exec('command: x'))).toContain('exec.interactiveMode is not there')
    expect(await wrong(exec('command: x, interactiveMode: Maybe'))).toContain('is not one of Never')
    expect(await wrong(exec('command: x, interactiveMode: Never, env: [{value: x}]'))).toContain('without a name')
    expect(await wrong(user('exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}'))).toContain(
      'exec.apiVersion is not one of',
    )
    expect(await wrong('a: [')).toContain('line 1 is not YAML')
  })

  it('does not care for what is wrong in other contexts', async () => {
    const text = config('dev').replace('users: [', 'users: [{name: other, user: {auth-provider: {name: gcp}}}, ')
    expect((await found({ environment: { KUBECONFIG: join(files({ text }), 'text') } })).context).toBe('dev')
  })
})
