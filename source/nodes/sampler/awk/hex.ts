import { literal, type SlurpedPart, type TakeOf } from './part.ts'

/** One column: its name or position, and in which lines it counts. */
interface Column {
  readonly own: string
  readonly name: string
  readonly summed: boolean
  /** The awk expression for the word's place in a line; 0: it has none. */
  readonly place: string
}

/**
 * A cell is looked at only when one of its line has changed, and read as a number only when its word has. Per column: `W` the
 * words, `V` their values, `g` how many lines have it, `c` whether its sum is out of date, `s` the sum as text.
 */
const cell = ({ own, place }: Column): string =>
  `x=${wordAt(place)};y=W${own}[k] "";if(y!=x){if(y=="")g${own}++;else if(x=="")g${own}--;W${own}[k]=x "";V${own}[k]=x==""?0:hex(x);c${own}=1}`

/** "" where the line has no such word. A constant place needs no test: beyond the last word there is "". */
const wordAt = (place: string): string => (/^\d/.test(place) ? `$${place}` : `(${place}?$${place}:"")`)

const forgetLine = ({ own }: Column): string =>
  `if(W${own}[k]!="")g${own}--;delete W${own}[k];delete V${own}[k];c${own}=1;`

const total = ({ own, summed }: Column, first: number): string => {
  const sum = summed ? `v=0;for(k=${first};k<=n;k++)v+=V${own}[k]` : `v=V${own}[${first}]`
  const there = summed ? `g${own}` : `W${own}[${first}]!=""`
  return `if(c${own}||s${own}==""){${sum};s${own}=!(${there})?"-":v<0?"?":sprintf("%.0f",v);c${own}=0}`
}

/** Sums of hexadecimal columns. `L` holds the lines as last seen, `n` how many; `J` the words of a line that count. */
export const slurpedHex = (i: number, take: TakeOf<'hex'>): SlurpedPart => {
  const columns = [...take.sum, ...(take.first ?? [])].map((name, index): Column => {
    const own = `${i}_${index}`
    return { own, name, summed: index < take.sum.length, place: take.header ? `q${own}` : name }
  })
  const first = take.header ? 3 : 2
  const learn = columns.map(({ name, place }) => `if($k==${literal(name)})${place}=k`).join(';')
  const header = `if(n<2||n${i}<2||(L${i}[2] "")!=w[2]){L${i}[2]=n<2?"":w[2];$0=L${i}[2];${columns.map(({ place }) => `${place}=0;`).join('')}for(k=NF;k>0;k--){${learn}};a=1}`
  return {
    way: 'slurped',
    number: i,
    code: `function t${i}(n,k,a,v,x,y,m){a=0;m=${columns.some(({ summed }) => summed) ? 'n' : `n<${first}?n:${first}`}
${take.header ? header : ''}
for(k=${first};k<=m;k++)if(a||k>n${i}||(L${i}[k] "")!=w[k]){L${i}[k]=w[k];$0=w[k]
x=${columns.map(({ place }) => wordAt(place)).join(' " " ')} " ";if(J${i}[k]==x)continue;J${i}[k]=x
${columns.map(cell).join('\n')}}
for(k=(n<${first}?${first}:n+1);k<=n${i};k++){delete L${i}[k];delete J${i}[k];${columns.map(forgetLine).join('')}}
n${i}=m
${columns.map((column) => total(column, first)).join('\n')}
put(${i},1,${columns.map(({ own }) => `s${own}`).join(' " " ')});if(N[${i}]!=1)end(${i},1)}`,
    when: 'changed',
    lines: true,
    forget: '',
  }
}
