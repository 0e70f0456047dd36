import { slurpedBusiest } from './awk/busiest.ts'
import { type FileCode, slurped, streamed } from './awk/files.ts'
import { slurpedHex } from './awk/hex.ts'
import { slurpedInterfaces, streamedBlocks } from './awk/interfaces.ts'
import { library, main } from './awk/library.ts'
import { slurpedLines, streamedLines } from './awk/lines.ts'
import { namespacesCode } from './awk/namespaces.ts'
import { streamedAddresses, streamedContains } from './awk/others.ts'
import type { NumberedTake, SlurpedPart, StreamedPart } from './awk/part.ts'
import { slurpedNamed, slurpedRows } from './awk/rows.ts'
import type { Every, Take } from './take.ts'

export type { NumberedTake } from './awk/part.ts'

type FileTake = Exclude<Take, { readonly kind: 'namespaces' }>
type Numbered<Kind extends Take> = NumberedTake & { readonly take: Kind }

const isOfFile = (one: NumberedTake): one is Numbered<FileTake> => one.take.kind !== 'namespaces'

const partOf = ({ number, take }: Numbered<FileTake>): SlurpedPart | StreamedPart => {
  switch (take.kind) {
    case 'whole':
    case 'lines':
      return take.every === 60 ? streamedLines(number, take) : slurpedLines(number, take)
    case 'rows':
      return slurpedRows(number, take)
    case 'named':
      return slurpedNamed(number, take)
    case 'hex':
      return slurpedHex(number, take)
    case 'busiest':
      return slurpedBusiest(number, take)
    case 'interfaces':
      return slurpedInterfaces(number)
    case 'contains':
      return streamedContains(number, take)
    case 'blocks':
      return streamedBlocks(number)
    case 'addresses':
      return streamedAddresses(number)
  }
}

/** The order in which groups are read. */
export const groups: readonly Every[] = [1, 5, 60]

/**
 * The node-side program: plain awk that gawk, mawk, busybox awk and one-true-awk run alike, written out for these takes. It
 * holds no single quote and no backslash, so that it passes through any login shell inside single quotes.
 *
 * One record in: the groups to read, `1 5 60`, with `f` before them to forget what was sent, and `n7` behind them to read the
 * next seven network namespaces. A record that begins with `=` says which those are, one with `+` says more of them
 * (`namespace-reads.ts`); neither is answered. One frame out:
 *
 *     @SEQUENCE UPTIME GROUPS
 *     T:N TEXT      line N of take T is now TEXT
 *     T=N           take T has only N lines now
 *     T!            take T cannot be read
 *     ##            end
 *
 * Takes of one group that want one file read it once, if they read it the same way. Three rules keep it cheap: nothing is
 * done where a text is what it was before; words are parted by `$0`, which all four awks do ten times faster than `split`;
 * no regular expression is put together at run time, because busybox compiles it at each match. Texts are compared as texts
 * by appending "" to one of them: to awk `1e1` and `10` are equal numbers.
 *
 * mawk needs `-W interactive` to answer a tick at all, and with it reads on into its old buffer where the last line of a file
 * has no end. The kernel ends every line; of the files that we take only resolv.conf may lack it.
 */
export const awkProgram = (takes: readonly NumberedTake[]): string => {
  const files: FileCode[] = []
  const calls = groups.map((every) => {
    const before = files.length
    const here = takes.filter(({ take }) => take.every === every)
    for (const { number, take } of here)
      if (take.kind === 'namespaces') files.push(namespacesCode(files.length + 1, number, take))
    for (const [path, list] of Map.groupBy(here.filter(isOfFile), ({ take }) => take.file)) {
      const parts = list.map(partOf)
      const slurps = parts.filter((part) => part.way === 'slurped')
      const streams = parts.filter((part) => part.way === 'streamed')
      if (slurps.length > 0) files.push(slurped(files.length + 1, path, slurps))
      if (streams.length > 0) files.push(streamed(files.length + 1, path, streams))
    }
    const mine = files.slice(before).map((_, index) => `f${before + index + 1}()`)
    return `if(index(r," ${every} ")){z=z ",${every}";${mine.join(';')}}`
  })
  const forget = `function forget(){split("",P);${files.map((file) => file.forget).join('')}}`
  const listen = takes.every(isOfFile) ? '' : 'if(r~/^[=+]/){list();continue};'
  const loop = main.replace('LISTEN', listen).replace('GROUPS', () => calls.join('\n'))
  return [library, ...files.map(({ code }) => code), forget, loop].join('\n').replaceAll(/\n+/g, '\n').trim()
}
