import { expect, test } from 'vitest'
import { getterOf } from '../../../source/nodes/probes/http.ts'

test('local ports are asked by curl, else by wget, else not at all', () => {
  const found = (...tools: readonly string[]) => getterOf({ tools: new Set(tools) })
  expect([found('wget', 'curl'), found('wget'), found('perl')]).toEqual(['curl', 'wget', undefined])
})
