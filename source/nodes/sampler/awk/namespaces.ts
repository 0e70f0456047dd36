import { mostPerSecond } from '../namespaces-twin.ts'
import type { FileCode } from './files.ts'
import { literal, type TakeOf } from './part.ts'
import { namedRow } from './rows.ts'

/** Counters of a file: their names in it, and in which variable each goes. */
interface Wanted {
  readonly file: string
  readonly names: readonly string[]
  readonly variables: readonly string[]
}

const numbered = (
  files: TakeOf<'namespaces'>['rows'],
  from: number,
): { readonly wanted: readonly Wanted[]; readonly to: number } => {
  let next = from
  const wanted = files.map(({ file, names }) => ({ file, names, variables: names.map(() => `v${next++}`) }))
  return { wanted, to: next }
}

const pairs = (i: number, { names, variables }: Wanted, at: number): string => {
  const rows = Map.groupBy(names, (name) => name.slice(0, name.indexOf(':') + 1))
  return [...rows]
    .map(([row, list], index) =>
      namedRow(`${i}_${at}_${index}`, row, list, (name, _, word) => `${variables[names.indexOf(name)]}=${word}`),
    )
    .join('\n')
}

const lines = ({ names, variables }: Wanted): string =>
  names
    .map(
      (name, index) =>
        `if((p=index(T,NL ${literal(`${name} `)}))){y=substr(T,p+1);$0=substr(y,1,index(y,NL)-1);${variables[index]}=$2}`,
    )
    .join('\n')

/**
 * Other namespaces' counters, added up. `Q` holds their keys in turn, `qn` how many, `qc` the last one read; `A` in which
 * list a key stood last, and `G` which list is the latest; `X` the words last read of a key, `V` their numbers, `U` when, `R`
 * whether it could be read; `s` the sums, `D` the hundredths of seconds between reads.
 *
 * The start time is looked at after the counters: a process that is older than the list was itself when they were read. It is
 * the 20th word after the last `)` of the file, since a process may be named `x) R 1`, with a newline.
 *
 * A process may go to another namespace (setns), whose counters are others: what grew by more than any namespace can send is
 * left out. What is left is a jump of no more than that; which namespace it is cannot be asked without a process of its own.
 */
export const namespacesCode = (f: number, i: number, take: TakeOf<'namespaces'>): FileCode => {
  const named = numbered(take.named, 1)
  const rows = numbered(take.rows, named.to)
  const variables = [...named.wanted, ...rows.wanted].flatMap((one) => one.variables)
  const folder = literal(take.file.slice(0, -'PID'.length))
  const [first, ...others] = named.wanted
  const more = [
    ...others.map((one, index) => `if(slurp(g ${literal(`/${one.file}`)})){\n${pairs(i, one, index + 1)}}`),
    ...rows.wanted.map((one) => `if(slurp(g ${literal(`/${one.file}`)})){\n${lines(one)}}`),
  ].join('\n')
  const grow = variables
    .map(
      (v, index) =>
        `if(${v}~/^[0-9]+$/){if((c,${index}) in V${i}){k=${v}-V${i}[c,${index}];if(k>=0&&k<=m)s${i}_${index}+=k};V${i}[c,${index}]=${v}+0}else delete V${i}[c,${index}]`,
    )
    .join('\n')
  const drop = variables.map((_, index) => `delete V${i}[c,${index}]`).join(';')
  const sums = variables.map((_, index) => `sprintf("%.0f",s${i}_${index})`).join(' " " ')
  return {
    code: `function lost${i}(c){${drop};delete X${i}[c];delete U${i}[c];if(R${i}[c]){R${i}[c]=0;b${i}--}}
function list(k){if(substr(r,1,1)=="="){qn=qc=0;G++};$0=substr(r,2);for(k=1;k<=NF;k++){Q[++qn]=$k;A[$k]=G};qd=1}
function read${i}(c,g,a,p,y,e,k,m,x,${variables.join(',')}){a=substr(c,index(c,":")+1);a=substr(a,1,index(a,":")-1);g=${folder} substr(c,1,index(c,":")-1)
if(!slurp(g ${literal(`/${first?.file ?? ''}`)})){lost${i}(c);return}
${first === undefined ? '' : pairs(i, first, 0)}
${more}
if(!slurp(g "/stat")){lost${i}(c);return}
while((k=index(T,")")))T=substr(T,k+1)
$0=T;if(($20 "")!=a){lost${i}(c);return}
if(!R${i}[c]){R${i}[c]=1;b${i}++}
m=1;if(c in U${i}){m=u-U${i}[c];D${i}+=m};U${i}[c]=u;m=${mostPerSecond}*(m>1?m:1)
x=${variables.join(' " " ')};if((X${i}[c] "")==x)return;X${i}[c]=x
${grow}}
function f${f}(n,c){if(!(n=index(r," n")))return
if(qd){for(c in A)if(A[c]!=G){lost${i}(c);delete R${i}[c];delete A[c]};qd=0}
n=substr(r,n+2)+0;for(n=n>qn?qn:n;n>0;n--){if(++qc>qn)qc=1;read${i}(Q[qc])}
put(${i},1,E " " (b${i}+0) " " sprintf("%.0f",D${i}*100) " " ${sums});if(N[${i}]!=1)end(${i},1)}`,
    forget: `N[${i}]=-1;`,
  }
}
