import type { PathLook } from '../../../events/looks.ts'
import type { Band } from '../../../metrics/metric.ts'
import { severity } from '../../../metrics/metric.ts'
import type { Style } from '../../../text/colour.ts'
import { endpointWords } from '../address-names.ts'
import { type Hop, hopsOf, suspectOf } from '../path-hops.ts'
import { chosenTalk, otherWords, type Talk, talksOf } from '../path-talks.ts'
import { type Fact, type Setting, tab } from '../tab.ts'

const styleOf = (band: Band): Style => (band === 'ok' ? 'plain' : band)

const labels: Readonly<Record<Hop['kind'], string>> = {
  pod: 'Pod',
  veth: 'Cable',
  bridge: 'Bridge',
  node: 'Node',
  service: 'Service',
  backend: 'Backend',
  peer: 'Peer',
}

const socketWords = ({ sockets, over }: Talk): string =>
  `${sockets} socket${sockets === 1 ? '' : 's'}${over === 0 ? '' : over === sockets ? ', all over,' : ` (${over} over)`}`

const most = 4

const othersFact = (
  talks: readonly Talk[],
  talk: Talk,
  beyond: number,
  isPrinted: boolean | undefined,
): readonly Fact[] => {
  const others = talks.filter((one) => one !== talk)
  if (others.length === 0) return []
  const named = others
    .slice(0, most)
    .map((one) => `${otherWords(one.other)} ${one.isAccepted ? 'as a client ' : ''}(${one.sockets})`)
  const more = others.length - named.length
  return [
    {
      label: 'Others',
      text: `${isPrinted ? '' : 'v shows the next: '}${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}${beyond > 0 ? `; ${beyond} addresses beyond` : ''}`,
      style: 'dim',
    },
  ]
}

const talkFacts = (
  look: PathLook,
  talks: readonly Talk[],
  talk: Talk | undefined,
  isPrinted: boolean | undefined,
): readonly Fact[] => {
  if (talk === undefined)
    return [
      {
        label: 'Talks to',
        text: 'nobody: it has no TCP socket with another end, and had none in the last minute',
        style: 'note',
      },
    ]
  const at = talk.partners.map(({ address, port }) => (port === 0 ? address : endpointWords(address, port)))
  const places = at.length > 3 ? `${at.slice(0, 3).join(', ')} and ${at.length - 3} more` : at.join(', ')
  const way = talk.isAccepted ? 'opened by it, from' : 'to'
  return [
    {
      label: 'Talks to',
      text:
        talk.sockets === 0
          ? `${otherWords(talk.other)}: no socket now`
          : `${otherWords(talk.other)}: ${socketWords(talk)} ${way} ${places}`,
    },
    ...othersFact(talks, talk, look.beyond, isPrinted),
  ]
}

const worstFigure = ({ figures }: Hop): string =>
  figures.toSorted((one, other) => severity(other.band) - severity(one.band))[0]?.words ?? ''

/** One line that names the hop in the worst band, and why. */
const suspectFact = (hops: readonly Hop[]): Fact => {
  const suspect = suspectOf(hops)
  if (suspect === undefined)
    return { label: 'Suspect', text: 'none: nothing that is measured on the way stands in a band', style: 'ok' }
  const beyond = suspect.kind === 'pod' ? '; no hop that is measured explains it: the wire, or the other end' : ''
  return {
    label: 'Suspect',
    text: `${labels[suspect.kind].toLowerCase()} ${suspect.name}: ${worstFigure(suspect)} (${suspect.band})${beyond}`,
    style: styleOf(suspect.band),
  }
}

const hopFact = (hop: Hop, isSuspect: boolean, { snapshot }: Setting): Fact => {
  const figures = hop.figures.map(({ words, band }) => (band === 'ok' ? words : `${words} (${band})`))
  const what = [...(hop.words === '' ? [] : [hop.words]), ...(figures.length === 0 ? [] : [figures.join(', ')])]
  const isNode = hop.kind === 'node' || hop.kind === 'backend'
  const link = isNode
    ? snapshot.nodes.get(hop.name as Parameters<typeof snapshot.nodes.get>[0])?.link?.state
    : undefined
  const said = link === undefined || link === 'live' ? '' : ` (${link})`
  return {
    label: `${isSuspect ? '> ' : ''}${labels[hop.kind]}`,
    text: `${hop.name}${said}: ${what.join('; ')}`,
    style: hop.figures.length === 0 ? 'dim' : styleOf(hop.band),
  }
}

/** Hop by hop from the pod to whom it talks to, each with what is measured there, and the worst one named. */
export const pathTab = tab<PathLook>({
  name: 'path',
  purpose: 'the way from a pod to whom it talks to, hop by hop, the worst marked',
  names: 'service',
  aims(look, { snapshot, known, aim }) {
    const talks = look === undefined ? [] : talksOf(known, look)
    return { all: talks.map(({ key }) => key), current: chosenTalk(snapshot, talks, aim)?.key }
  },
  facts(look, setting) {
    const { snapshot, known, target, aim, isPrinted } = setting
    const talks = talksOf(known, look)
    const talk = chosenTalk(snapshot, talks, aim)
    const hops = hopsOf(snapshot, target, look, talk, isPrinted)
    const suspect = suspectOf(hops)
    return [
      ...talkFacts(look, talks, talk, isPrinted),
      suspectFact(hops),
      ...hops.map((hop) => hopFact(hop, hop === suspect, setting)),
    ]
  },
  lists: [],
})
