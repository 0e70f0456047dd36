import { type Clean, clean } from '../../../text/clean.ts'

/** What a server says before anything else. */
export interface Greeting {
  add(chunk: Buffer): void
  /** Why what it said is no greeting of an SSH server; undefined: it is one, or nothing was said. */
  fault(): Clean | undefined
}

/** Bytes that are looked at: lines before the version, such as a banner of a jump host, are allowed (RFC 4253, 4.2). */
const most = 1024

/** What sshd says instead of its version, and hangs up. */
const refusals: readonly { readonly when: RegExp; readonly cause: string }[] = [
  {
    when: /^Exceeded MaxStartups/m,
    cause:
      'closed before its greeting: too many logins at once (MaxStartups); it is tried again by itself; see who else logs in, or raise it',
  },
  {
    when: /^Not allowed at this time/m,
    cause:
      'closed before its greeting: its sshd does not let this address in for a while (PerSourcePenalties); it is tried again by itself',
  },
]

export const createGreeting = (): Greeting => {
  let said = ''
  return {
    add(chunk) {
      if (said.length < most) said = (said + chunk.toString('latin1')).slice(0, most)
    },
    fault() {
      if (said === '' || /^SSH-/m.test(said)) return undefined
      const refusal = refusals.find(({ when }) => when.test(said))
      if (refusal !== undefined) return clean(refusal.cause)
      const line = said.split(/\r?\n/).find((one) => one.trim() !== '') ?? ''
      return clean(`is no ssh server, it greets with ${clean(JSON.stringify(line.slice(0, 60)))}; is the port right?`)
    },
  }
}
