import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { resolve } from '../../source/config/resolve.ts'
import type { SettingKey } from '../../source/config/settings.ts'
import { WrongUse } from '../../source/config/wrong-use.ts'
import { chooseCluster } from '../../source/modes/choose-cluster.ts'

const kubeconfig = `apiVersion: v1
kind: Config
current-context: dev
clusters:
  - { name: a, cluster: { server: 'https://10.0.0.1:6443' } }
users:
  - { name: u, user: { token: secret } }
contexts:
  - { name: dev, context: { cluster: a, user: u } }
  - { name: prod, context: { cluster: a, user: u, namespace: shop } }
`

/** What is chosen with these flags, where ~/.kube/config holds this text; undefined: it is not there. */
const chosen = (flags: Readonly<Partial<Record<SettingKey, string>>>, text?: string) => {
  const home = mkdtempSync(join(tmpdir(), 'kntop-home-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const file = join(home, 'kubeconfig')
  if (text !== undefined) writeFileSync(file, text)
  const settings = resolve({ flags, environment: {} }, null)
  return chooseCluster(settings, { HOME: home, KUBECONFIG: file })
}

describe('what is watched', () => {
  test('is the current context of the kubeconfig, or the one that is named', async () => {
    expect(await chosen({}, kubeconfig)).toMatchObject({ target: { context: 'dev' } })
    expect(await chosen({ context: 'prod' }, kubeconfig)).toMatchObject({
      target: { context: 'prod', namespace: 'shop' },
    })
    expect(await chosen({ namespace: '*' }, kubeconfig)).toMatchObject({ target: { namespace: 'default' } })
  })

  test('is no cluster without a kubeconfig, nor with an empty one, and it is known why', async () => {
    expect(await chosen({})).toMatchObject({
      state: 'none',
      cause: expect.stringMatching(/^no kubeconfig: looked in /),
    })
    expect(await chosen({}, '')).toMatchObject({
      state: 'none',
      cause: expect.stringMatching(/^kubeconfig \/.*: no cluster and no context in it$/),
    })
  })

  test('is no cluster where hosts are named', async () => {
    expect(await chosen({ hosts: 'web1' }, kubeconfig)).toBeUndefined()
    expect(await chosen({ hosts: 'web1', context: 'prod' }, kubeconfig)).toMatchObject({ target: { context: 'prod' } })
  })

  test.each([
    ['a context that is not there', { context: 'prd' }, kubeconfig, /--context: .*no context.*prd/],
    ['a cluster that was asked for, without a kubeconfig', { context: 'prod' }, undefined, /--context: /],
    ['a kubeconfig that is broken', {}, 'a: [', /--local watches this machine/],
  ] as const)('is an error with %s', async (_, flags, text, message) => {
    const error: unknown = await chosen(flags, text).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(WrongUse)
    expect((error as Error).message).toMatch(message)
  })
})
