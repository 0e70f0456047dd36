import type { LookupAddress } from 'node:dns'
import { describe, expect, it } from 'vitest'
import { type Resolve, rememberLookups } from '../../../source/cluster/transport/remembered-lookup.ts'

const address: LookupAddress = { address: '10.0.0.1', family: 4 }
const failing = (code: string): Error => Object.assign(new Error(code), { code })

const lookups = (resolve: Resolve, patience = 20) => {
  const memory = rememberLookups(resolve, patience)
  const find = (host: string): Promise<unknown> =>
    new Promise((found, reject) => {
      memory.lookup(host, { all: true }, (error, addresses) => (error === null ? found(addresses) : reject(error)))
    })
  return { ...memory, find }
}

describe('a remembered address', () => {
  it('is given only while no name server answers', async () => {
    let answer: Promise<readonly LookupAddress[]> = Promise.resolve([address])
    const { find, worked } = lookups(() => answer)
    expect(await find('api.test')).toEqual([address])
    worked('api.test', '10.0.0.2')
    expect(await find('api.test')).toEqual([address])
    for (const code of ['EAI_AGAIN', 'EAI_FAIL']) {
      answer = Promise.reject(failing(code))
      expect(await find('api.test')).toEqual([{ address: '10.0.0.2', family: 4 }])
    }
    answer = Promise.reject(failing('ENOTFOUND'))
    await expect(find('api.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    answer = Promise.reject(failing('EAI_AGAIN'))
    await expect(find('other.test')).rejects.toMatchObject({ code: 'EAI_AGAIN' })
  })

  it('is given after some patience, and one name is looked up once at a time', async () => {
    let asked = 0
    const waiting = Promise.withResolvers<readonly LookupAddress[]>()
    const { find, worked } = lookups(() => {
      asked++
      return waiting.promise
    })
    worked('api.test', 'fd00::2')
    const kept = [{ address: 'fd00::2', family: 6 }]
    expect(await Promise.all([find('api.test'), find('api.test')])).toEqual([kept, kept])
    expect(asked).toBe(1)
    waiting.resolve([address])
    await expect.poll(() => find('api.test')).toEqual([address])
  })
})
