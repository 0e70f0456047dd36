import { readFileSync } from 'node:fs'
import { type Answer, readAnswer } from '../../../source/nodes/dns/answer.ts'
import { createPcapDecoder, type Packet } from '../../../source/nodes/dns/pcap.ts'

/** The packets of a recording under test/fixtures/dns; a recording that is not whole is an error. */
export const recordedPackets = (name: string): readonly Packet[] => {
  const decoder = createPcapDecoder()
  const packets = decoder.push(readFileSync(new URL(`../../fixtures/dns/${name}`, import.meta.url)))
  const state = decoder.end()
  if ('failed' in state) throw new Error(`${name}: ${state.failed}`)
  return packets
}

export const recordedAnswers = (name: string): readonly Answer[] =>
  recordedPackets(name).flatMap((packet) => readAnswer(packet) ?? [])
