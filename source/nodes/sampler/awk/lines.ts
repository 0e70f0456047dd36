import { joined, literal, type SlurpedPart, type StreamedPart, type TakeOf } from './part.ts'

/** Whether a line is wanted, as an awk condition on `$0`; undefined: every line is. */
const wanted = (take: TakeOf<'lines' | 'whole'>): string | undefined => {
  if (take.kind === 'whole' || (take.first === undefined && take.without === undefined)) return undefined
  const field = take.field ?? 1
  if (take.without !== undefined)
    return `!(NF>=${field}&&(${take.without.map((prefix) => `index($${field},${literal(prefix)})==1`).join('||')}))`
  return `NF>=${field}&&index(${literal(` ${take.first?.join(' ')} `)}," " $${field} " ")`
}

const text = (take: TakeOf<'lines' | 'whole'>): string => joined(take.kind === 'whole' ? undefined : take.fields)

/** One line of the file after the other, none of them kept. */
export const streamedLines = (i: number, take: TakeOf<'lines' | 'whole'>): StreamedPart => {
  const condition = wanted(take)
  const put = `put(${i},++j${i},${text(take)})`
  return {
    way: 'streamed',
    number: i,
    begin: '',
    code: condition === undefined ? put : `if(${condition})${put}`,
    single: false,
  }
}

/** Looks at lines that differ from the one that stood in their place; `L` holds those as last seen, `n` how many. */
const changedLines = (i: number, look: string, drop: string, finish: string): SlurpedPart => ({
  way: 'slurped',
  number: i,
  code: `function t${i}(n,k,j,m){m=0;for(k=2;k<=n;k++)if(k>n${i}||(L${i}[k] "")!=w[k]){L${i}[k]=w[k];$0=w[k];${look}}
for(k=n+1;k<=n${i};k++){delete L${i}[k];${drop}};n${i}=n
${finish}}`,
  when: 'changed',
  lines: true,
  forget: `n${i}=0;`,
})

/**
 * Lines of a file of which only some are wanted: `X` holds the text of those, `D` their place in the frame, `C` those that
 * changed now. Places are dealt anew (`r`) when others are wanted than before. A frame gives lines in their order.
 */
const someLines = (i: number, condition: string, put: string): SlurpedPart =>
  changedLines(
    i,
    `if(${condition}){X${i}[k]=${put};C${i}[++m]=k;if(!(k in D${i}))r${i}=1}else if(k in X${i}){delete X${i}[k];r${i}=1}`,
    `if(k in X${i}){delete X${i}[k];r${i}=1}`,
    `if(r${i}||N[${i}]<0){split("",D${i});j=0;for(k=2;k<=n;k++)if(k in X${i}){D${i}[k]=++j;put(${i},j,X${i}[k])};if(N[${i}]!=j)end(${i},j);r${i}=0}
else for(k=1;k<=m;k++)put(${i},D${i}[C${i}[k]],X${i}[C${i}[k]])`,
  )

export const slurpedLines = (i: number, take: TakeOf<'lines' | 'whole'>): SlurpedPart => {
  const condition = wanted(take)
  return condition === undefined
    ? changedLines(i, `put(${i},k-1,${text(take)})`, '', `if(N[${i}]!=n-1)end(${i},n-1)`)
    : someLines(i, condition, text(take))
}
