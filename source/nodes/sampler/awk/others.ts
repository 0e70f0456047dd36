import { literal, type StreamedPart, type TakeOf } from './part.ts'

/** The node's own addresses: leaves of the trie with a local host route below them. */
export const streamedAddresses = (i: number): StreamedPart => ({
  way: 'streamed',
  number: i,
  begin: `y="";split("",G${i})`,
  code: `if($1=="|--")y=$2;else if($1=="/32"&&$2=="host"&&$3=="LOCAL"&&y!=""&&!(y in G${i})){G${i}[y];put(${i},++j${i},y)}`,
  single: false,
})

/** Whether the first line that begins so holds the word. */
export const streamedContains = (i: number, { first, word }: TakeOf<'contains'>): StreamedPart => ({
  way: 'streamed',
  number: i,
  begin: '',
  code: `if(!j${i}&&index($0,${literal(first)})==1){for(k=NF;k>0;k--)if($k==${literal(word)})break;put(${i},++j${i},k>0)}`,
  single: true,
})
