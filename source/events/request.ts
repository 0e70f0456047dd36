import type { Clean } from '../text/clean.ts'

/** Something that only a person can say. It waits until it is answered, declined, or withdrawn by whoever asked. */
export interface Request {
  readonly id: string
  readonly kind: 'passphrase' | 'login' | 'host-keys' | 'consent'
  /** One line: who asks for what, such as `karin@worker-7 asks:`. */
  readonly title: Clean
  /** What the person has to know: a prompt, fingerprints, commands. */
  readonly lines: readonly Clean[]
  /** `secret`: typed, shown as dots, held by nobody but the asker. `text`: typed and seen. `yes-no`: decided;
   * `yes-no-always`: and, if wanted, for all times. */
  readonly answer: 'secret' | 'text' | 'yes-no' | 'yes-no-always'
}

/** What a person said. The text never enters the store. */
export type Answer = { readonly said: 'yes' | 'no' | 'always' } | { readonly said: 'text'; readonly text: string }
