/** What a feed knows of time: nobody else reads a clock. Milliseconds. */
export interface Time {
  now(): number
  /** By how much we were late ourselves in the last second. */
  late(): number
}
