import type { SlurpedPart, TakeOf } from './part.ts'

/**
 * Growth of single CPUs. Most have not grown in any of the fields: `Z` holds their words together, only where all of them
 * are numbers, so that one comparison tells. `B` holds the words one by one.
 */
export const slurpedBusiest = (i: number, { fields }: TakeOf<'busiest'>): SlurpedPart => {
  const most = fields.map((_, index) => `m${index}`)
  const grown = fields
    .map((field, index) => {
      const [before, m] = [`B${i}_${index}`, `m${index}`]
      return `if(NF>=${field}&&$${field}~/^[0-9]+$/){if(c in ${before}){d=$${field}-${before}[c];if(${m}==""||d>${m})${m}=d};${before}[c]=$${field} ""}else a=0`
    })
    .join('\n')
  return {
    way: 'slurped',
    number: i,
    code: `function t${i}(n,k,c,x,d,a,z,${most.join(',')}){z=0
for(k=2;k<=n;k++)if(substr(w[k],1,3)=="cpu"){$0=w[k];c=$1;x=${fields.map((field) => `$${field}`).join(' " " ')} " "
if(Z${i}[c]==x){z=1;continue}
if(w[k]!~/^cpu[0-9]/)continue
a=1
${grown}
if(a)Z${i}[c]=x;else delete Z${i}[c]}
if(z){${most.map((m) => `if(${m}==""||${m}<0)${m}=0`).join(';')}}
put(${i},1,${most.map((m) => `(${m}==""?"-":sprintf("%.0f",${m}))`).join(' " " ')});if(N[${i}]!=1)end(${i},1)}`,
    when: 'always',
    lines: true,
    forget: '',
  }
}
