import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import { ConnectionError } from '../../../../source/nodes/connections/connection.ts'
import type { Client } from '../../../../source/nodes/connections/ssh/client.ts'
import {
  createSettingsResolver,
  type ResolverOptions,
  type SettingsResolver,
} from '../../../../source/nodes/connections/ssh/resolve-settings.ts'
import type { Route, SshSettings } from '../../../../source/nodes/connections/ssh/ssh-settings.ts'
import { temporaryFolder } from './openssh.ts'
import { clientIn, writeConfigs } from './written-configs.ts'

/** A program in the place of ssh, and the lines that it wrote to `LOG`. */
export interface Instead {
  readonly program: string
  readonly log: () => readonly string[]
}

export interface Resolving {
  readonly folder: string
  readonly client: Client
  /** The path of a configuration. */
  readonly config: (name: string) => string
  readonly resolver: (name: string, options?: Partial<ResolverOptions>) => SettingsResolver
  readonly resolve: (name: string, host: string, options?: Partial<ResolverOptions>) => Promise<Route>
  readonly target: (name: string, host: string) => Promise<SshSettings>
  readonly instead: (script: string) => Instead
  /** Ends what runs. */
  readonly end: () => void
}

/** No ssh is found under this name. */
export const noSsh = { program: '/nonexistent/ssh' }

/** Resolvers over the configurations of `configs/`; all that they start ends with the test. */
export const resolving = (): Resolving => {
  const { folder, remove } = temporaryFolder()
  afterAll(remove)
  const config = writeConfigs(folder)
  const client = clientIn(folder)
  let end = new AbortController()
  beforeEach(() => {
    end = new AbortController()
  })
  afterEach(() => end.abort())

  const resolver: Resolving['resolver'] = (name, options = {}) =>
    createSettingsResolver({ configFile: config(name), signal: end.signal, client, ...options })
  const resolve: Resolving['resolve'] = (name, host, options) => resolver(name, options)(host)
  return {
    folder,
    client,
    config,
    resolver,
    resolve,
    target: async (name, host) => (await resolve(name, host)).target,
    instead: (script) => {
      const [program, log] = [join(folder, 'instead'), join(folder, 'log')]
      writeFileSync(log, '')
      writeFileSync(program, `#!/bin/sh\n${script.replaceAll('LOG', log)}\n`, { mode: 0o755 })
      return { program, log: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
    },
    end: () => end.abort(),
  }
}

/** Why a host cannot be resolved. */
export const refusal = async (route: Promise<Route>): Promise<object> => {
  const error: unknown = await route.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ConnectionError)
  return (error as ConnectionError).reason
}
