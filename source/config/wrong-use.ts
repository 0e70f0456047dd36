/** kntop was called or configured wrongly. The message is one line for a person: what is wrong, where, what is right. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse'
}
