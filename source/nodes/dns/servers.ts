/** Which of this node's addresses serve DNS, learned from the answers they give. */
export interface Servers {
  answered(address: string, at: number): void
  serves(address: string, at: number): boolean
}

/** Seconds without an answer after which an address is an ordinary client again: pods hand their addresses on. */
const memory = 60
const mostServers = 256

/** Remembers who answered lately. Full, it forgets the one that has been known longest: a real server answers again at once. */
export const createServers = (): Servers => {
  const lastAnswer = new Map<string, number>()
  return {
    answered: (address, at) => {
      if (lastAnswer.size >= mostServers && !lastAnswer.has(address)) {
        const [oldest] = lastAnswer.keys()
        if (oldest !== undefined) lastAnswer.delete(oldest)
      }
      lastAnswer.set(address, at)
    },
    serves: (address, at) => at - (lastAnswer.get(address) ?? Number.NEGATIVE_INFINITY) <= memory,
  }
}
