import type { Agent } from '../../../../../../source/nodes/connections/ssh/auth/agent.ts'
import type { KeyFiles } from '../../../../../../source/nodes/connections/ssh/auth/key-files.ts'
import { type OfferInput, type Plan, planOffers } from '../../../../../../source/nodes/connections/ssh/auth/offers.ts'

/** Plans with key files of these names, and with an agent where one is given. */
export const planIn =
  (path: (name: string) => string) =>
  async (
    keyFiles: KeyFiles,
    files: readonly string[],
    more: Partial<OfferInput> & { readonly from?: Agent } = {},
  ): Promise<Plan> =>
    planOffers({
      agent: (await more.from?.ask()) ?? { state: 'none' },
      files: await Promise.all(files.map((name) => keyFiles.read(path(name)))),
      identitiesOnly: false,
      door: 'headless',
      ...more,
    })
