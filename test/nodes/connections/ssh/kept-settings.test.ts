import { expect, test } from 'vitest'
import { keepingSettings } from '../../../../source/nodes/connections/ssh/kept-settings.ts'
import { parsePrinted, settingsOf } from '../../../../source/nodes/connections/ssh/ssh-g.ts'
import { clean } from '../../../../source/text/clean.ts'
import { clientIn } from './written-configs.ts'

const client = clientIn('/home/karin')

const resolved = (host: string, more = '') => {
  const printed = parsePrinted(`host ${host}\nhostname ${host}.example.com\nciphers aes128-ctr,aes256-ctr\n${more}`)
  const needsOpenSsh = [clean('ProxyCommand')]
  const settings = { ...settingsOf(printed, host, client), named: {}, resolvedBy: 'ssh' as const, needsOpenSsh }
  return { settings, printed }
}

test('settings are kept as they are, with the keywords that were printed', () => {
  const { settings, printed } = resolved('web', 'proxyjump gate\nuserknownhostsfile /a /b\n')
  const { keywords, ...kept } = keepingSettings()(settings, printed)
  expect(kept).toStrictEqual(settings)
  expect(keywords).toEqual(new Set(['host', 'hostname', 'ciphers', 'proxyjump', 'userknownhostsfile']))
})

test('what several hosts have in common is kept once', () => {
  const keep = keepingSettings()
  const [one, other] = ['web', 'db'].map((host) => {
    const { settings, printed } = resolved(host)
    return keep(settings, printed)
  })
  expect(one?.hostName).not.toBe(other?.hostName)
  expect(one?.keywords).toBe(other?.keywords)
  expect(one?.algorithms).toBe(other?.algorithms)
  expect(one?.methods).toBe(other?.methods)
})
