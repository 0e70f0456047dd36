import fc from 'fast-check'

/** What is done to the API server, to its objects, or to our way to it. */
export type Step =
  | { readonly do: 'put'; readonly name: string; readonly port: number }
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'compact' | 'cut' | 'pull' | 'plug' | 'restart' | 'freeze' | 'look' }

const name = fc.integer({ min: 0, max: 9 }).map((number) => `model-${number}`)

/** Written plainly where a failure prints it. */
const plain = { noNullPrototype: true } as const

const small = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('put' as const), name, port: fc.integer({ min: 1, max: 65_535 }) }, plain),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), name }, plain) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('compact' as const, 'cut', 'pull', 'plug', 'look') }, plain),
  },
)

/** Sequences of what takes no time, and in each one thing that takes seconds: the server is restarted or frozen. */
export const sequences: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(small, { minLength: 5, maxLength: 20 }),
    fc.record({ do: fc.constantFrom('restart' as const, 'freeze') }, plain),
    fc.array(small, { minLength: 5, maxLength: 20 }),
  )
  // At first a look: what happens before anything is known is soon over, and shows little.
  .map(([before, trouble, after]) => [{ do: 'look' }, ...before, trouble, ...after])

/** The server forgets, in every way that it has, what changed while we were away. */
export const forgetful: readonly Step[] = [
  { do: 'put', name: 'model-0', port: 1 },
  { do: 'put', name: 'model-1', port: 1 },
  { do: 'put', name: 'model-2', port: 1 },
  { do: 'look' },
  { do: 'pull' },
  { do: 'remove', name: 'model-0' },
  { do: 'put', name: 'model-1', port: 2 },
  { do: 'remove', name: 'model-2' },
  { do: 'put', name: 'model-2', port: 1 },
  { do: 'compact' },
  { do: 'restart' },
]
