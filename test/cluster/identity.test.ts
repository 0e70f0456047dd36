import { describe, expect, it } from 'vitest'
import { identityOf } from '../../source/cluster/identity.ts'
import { target } from './mock-server.ts'

describe('who we are to a cluster', () => {
  it('is what the kubeconfig says', () => {
    expect(identityOf(target('https://api.test:6443/'))).toEqual({
      context: 'lab',
      server: 'https://api.test:6443',
      user: 'karin',
      as: undefined,
      namespace: 'default',
      tls: 'verified',
    })
  })

  it('says where the server does not prove who it is', () => {
    const blind = target('https://api.test:6443', { cluster: { 'insecure-skip-tls-verify': true } })
    expect(identityOf(blind).tls).toBe('not verified')
    expect(identityOf(target('http://api.test:8080')).tls).toBe('plain http')
  })

  it('names on whose behalf, and nobody where there is no user', () => {
    const impersonation = { user: 'åsa', groups: [], extra: {} }
    expect(identityOf({ ...target('https://api.test'), userName: '', impersonation })).toMatchObject({
      user: 'nobody',
      as: 'åsa',
    })
  })
})
