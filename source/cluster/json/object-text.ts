import { bufferOf } from './bytes.ts'
import { endOfValue, startScan } from './scan.ts'

const managed = Buffer.from('"managedFields":[')

/**
 * The JSON text of an object of the API, with 0 in place of its managed fields: who set which field, often two thirds of an
 * object and the dearest part to parse. The pattern cannot stand within a string, where its quotes would be escaped.
 */
export const objectText = (bytes: Uint8Array): string => {
  const buffer = bufferOf(bytes)
  const found = buffer.indexOf(managed)
  const start = found + managed.length - 1
  const end = found === -1 ? -1 : endOfValue(bytes, start, startScan())
  return end === -1
    ? buffer.toString()
    : `${buffer.toString('utf8', 0, start)}0${buffer.toString('utf8', end, buffer.length)}`
}
