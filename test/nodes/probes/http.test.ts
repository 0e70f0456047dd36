import { expect, test } from 'vitest'
import { getterOf } from '../../../source/nodes/probes/http.ts'

test('local ports are asked by curl, else by wget where its time can be limited, else not at all', () => {
  const found = (...tools: readonly string[]) => getterOf({ tools: new Set(tools) })
  expect([found('wget', 'curl', 'timeout'), found('curl'), found('wget', 'timeout')]).toEqual(['curl', 'curl', 'wget'])
  expect([found('wget'), found('perl', 'timeout')]).toEqual([undefined, undefined])
})
