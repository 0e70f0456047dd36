/** The body of an answer as text; undefined where it has more bytes than that, and its rest is left. Rejects with the body. */
export const textOfBody = async (body: AsyncIterable<Uint8Array>, most: number): Promise<string | undefined> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > most) return undefined
    // A copy: whoever gives it may use its memory again.
    pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces).toString('utf8')
}
