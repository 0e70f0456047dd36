import { joined, literal, type SlurpedPart, type TakeOf } from './part.ts'

/** Rows by the text that begins them: found in the whole text at once, whatever stands around them. */
export const slurpedRows = (i: number, { begin, fields }: TakeOf<'rows'>): SlurpedPart => ({
  way: 'slurped',
  number: i,
  code: `function t${i}(n,j,p,y){j=0
${begin.map((name) => `if((p=index(T,NL ${literal(`${name} `)}))){y=substr(T,p+1);$0=substr(y,1,index(y,NL)-1);put(${i},++j,${joined(fields)})}`).join('\n')}
if(N[${i}]!=j)end(${i},j)}`,
  when: 'changed',
  lines: false,
  forget: '',
})

/**
 * A row's header is looked at only when it is another than before: `H` holds it from the line's end before it up to the name
 * that begins the values, `q` in which word of them each figure stands. It uses the variables p, y, e and k.
 */
export const namedRow = (
  own: string,
  row: string,
  names: readonly string[],
  use: (name: string, place: number, word: string) => string,
): string => {
  const places = names.map((_, place) => `q${own}_${place}`)
  const learn = names.map((name, place) => `if($k==${literal(name.slice(row.length))})${places[place]}=k`).join(';')
  const puts = names
    .map((name, place) => `if(${places[place]}&&${places[place]}<=NF)${use(name, place, `$${places[place]}`)}`)
    .join(';')
  return `if((p=index(T,NL ${literal(row)}))){
if(H${own}==""||substr(T,p,h${own})!=H${own}){y=substr(T,p+1);e=index(y,NL);H${own}=""
if(substr(y,e+1,${row.length})==${literal(row)}){H${own}=NL substr(y,1,e) ${literal(row)};h${own}=length(H${own});$0=substr(y,1,e-1);${places.map((place) => `${place}=0;`).join('')}for(k=NF;k>1;k--){${learn}}}}
if(H${own}!=""){y=substr(T,p+h${own}-${row.length});$0=substr(y,1,index(y,NL)-1);${puts}}}`
}

/** Pairs of lines, names above values. */
export const slurpedNamed = (i: number, { names }: TakeOf<'named'>): SlurpedPart => {
  const rows = Map.groupBy(names, (name) => name.slice(0, name.indexOf(':') + 1))
  return {
    way: 'slurped',
    number: i,
    code: `function t${i}(n,j,p,y,e,k){j=0
${[...rows].map(([row, list], index) => namedRow(`${i}_${index}`, row, list, (name, _, word) => `put(${i},++j,${literal(`${name} `)} ${word})`)).join('\n')}
if(N[${i}]!=j)end(${i},j)}`,
    when: 'changed',
    lines: false,
    forget: '',
  }
}
