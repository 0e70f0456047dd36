/** A length and bytes, as SSH writes strings (RFC 4251, section 5). */
export const writeField = (bytes: Buffer | string): Buffer => {
  const content = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

/** The first field of some bytes and what follows it; undefined where they end before it does. */
export const readField = (from: Buffer): { readonly field: Buffer; readonly rest: Buffer } | undefined => {
  if (from.length < 4) return undefined
  const end = 4 + from.readUInt32BE(0)
  return end > from.length ? undefined : { field: from.subarray(4, end), rest: from.subarray(end) }
}

/** The first `count` fields, and what follows them; undefined where there are fewer. */
export const readFields = (
  from: Buffer,
  count: number,
): { readonly fields: readonly Buffer[]; readonly rest: Buffer } | undefined => {
  const fields: Buffer[] = []
  let rest = from
  while (fields.length < count) {
    const read = readField(rest)
    if (read === undefined) return undefined
    fields.push(read.field)
    rest = read.rest
  }
  return { fields, rest }
}
