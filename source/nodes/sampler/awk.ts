import type { Every, Take } from './take.ts'

/**
 * The node-side program: plain awk that gawk, mawk, busybox awk and one-true-awk run alike. It holds no single quote and no
 * backslash, so that it passes through any login shell inside single quotes.
 *
 * One record in: the groups to read, `1 5 60`, with `f` before them to forget what was sent. One frame out:
 *
 *     @SEQUENCE UPTIME GROUPS
 *     T:N TEXT      line N of take T is now TEXT
 *     T=N           take T has only N lines now
 *     T!            take T cannot be read
 *     ##            end
 *
 * Comparisons append "" so that they are made as text: to awk `1e1` and `10` are equal numbers.
 * `O` gathers the frame, because mawk writes each print by itself. `P` holds what was sent, `N` the number of lines.
 * mawk needs `-W interactive` to answer a tick at all, and with it reads on into its old buffer where the last line of a file
 * has no end. The kernel ends every line; of the files that we take only resolv.conf may lack it.
 *
 * A word that is no hexadecimal number counts as BAD, so far below zero that no sum comes back from it; sums below zero are
 * written as `?`.
 */
const library = `
function put(i,t){J[i]++;if(!((i,J[i]) in P)||(P[i,J[i]] "")!=t){P[i,J[i]]=t;O=O i ":" J[i] " " t NL}}
function gone(i){if(!(i in M)||M[i]!=1){M[i]=1;O=O i "!" NL;trim(i,0)}}
function trim(i,n,k){for(k=n+1;k<=N[i];k++)delete P[i,k];N[i]=n}
function closed(i){if(!(i in M)||M[i]!=0){M[i]=0;O=O i "=" J[i] NL}else if(J[i]<N[i])O=O i "=" J[i] NL;trim(i,J[i])}
function hex(s,v,k,n,d){v=0;n=length(s);if(n>16)return BAD;s=tolower(s);for(k=1;k<=n;k++){if(!(d=index(HD,substr(s,k,1))))return BAD;v=v*16+d-1}return v}
function one(f,x){x="";if((getline x<f)<0)x="-";close(f);return x==""?"-":x}
function has(f,x,y){y=(getline x<f);close(f);return y>=0}
function pick(i,l,w,n,m,k,a,t){n=split(l,w," ");m=split(C[i],a," ");t="";for(k=1;k<=m;k++)t=t (k>1?" ":"") (a[k]+0<=n?w[a[k]+0]:"-");return t}
function named(i,l,w,n,k,p,q,m,a){k=index(l,":");if(!k)return;p=substr(l,1,k);if(!((i,p) in A))return
if(H[i,p]==""){H[i,p]=l;if(Q[i,p]!=l){Q[i,p]=l;m=split(A[i,p],a," ");n=split(l,w," ");for(k=1;k<=m;k++){X[i,p,k]=0;for(q=n;q>1;q--)if(w[q]==a[k])X[i,p,k]=q}}return}
H[i,p]="";m=split(A[i,p],a," ");n=split(l,w," ");for(k=1;k<=m;k++)if((q=X[i,p,k])&&q<=n)put(i,p a[k] " " w[q])}
function hexes(i,l,w,n,k,m,a,q){L[i]++;if(E[i]&&L[i]==1&&(Q[i] "")==l)return;n=split(l,w," ");m=split(C[i],a," ")
if(E[i]&&L[i]==1){Q[i]=l;for(k=1;k<=m;k++){X[i,k]=0;for(q=n;q>0;q--)if(w[q]==a[k])X[i,k]=q}return}
if(!E[i]&&L[i]==1)for(k=1;k<=m;k++)X[i,k]=a[k]+0
for(k=1;k<=m;k++){q=X[i,k];if(q==0||q>n)continue;if((B[i,L[i],k] "")!=w[q]){B[i,L[i],k]=w[q];V[i,L[i],k]=hex(w[q])}
if(k>D[i]){if(L[i]==1+E[i])S[i,k]=V[i,L[i],k]}else S[i,k]+=V[i,L[i],k]}}
function busiest(i,l,w,n,k,m,a,d,v){if(l!~/^cpu[0-9]/)return;n=split(l,w," ");m=split(C[i],a," ")
for(k=1;k<=m;k++){if(a[k]+0>n||(v=w[a[k]+0])!~/^[0-9]+$/)continue;if((i,w[1],k) in B){d=v-B[i,w[1],k];if(S[i,k]==""||d>S[i,k])S[i,k]=d}B[i,w[1],k]=v}}
function iface(i,l,w,n,d){if(!(n=index(l,":")))return;split(substr(l,1,n-1),w," ");d="/sys/class/net/" w[1];if(!((i,w[1]) in R)){R[i,w[1]]=has(d "/device/uevent")&&!has(d "/master/device/uevent");if(R[i,w[1]])V[i,w[1]]=one(d "/speed")}
if(!R[i,w[1]])return;sub(/:/," ",l);split(l,w," ");n=w[1];put(i,n " " w[2] " " w[3] " " w[4] " " w[5] " " w[6] " " w[10] " " w[11] " " w[12] " " w[13] " " one(d "/statistics/rx_missed_errors") " " V[i,n] " " one(d "/carrier_changes"))}
function block(i,l,w,x){split(l,w," ");if(w[3]~/^(loop|ram|zram)/)return;x=one("/sys/block/" w[3] "/queue/write_cache");if(x!="-")put(i,w[3] " " x)}
function address(i,l,w){split(l,w," ");if(w[1]=="|--")Y[i]=w[2];else if(w[1]=="/32"&&w[2]=="host"&&w[3]=="LOCAL"&&Y[i]!=""&&!(Y[i] in G)){G[Y[i]]=1;put(i,Y[i])}}
function begin(i,k){J[i]=0;Y[i]="";if(K[i]=="h"||K[i]=="b"){for(k=1;k<=W[i];k++)S[i,k]="";if(K[i]=="h")L[i]=0}if(K[i]=="i"&&L[i]++%60==0)split("",R);if(K[i]=="a")split("",G)}
function line(i,l,k){k=K[i]
if(k=="w")put(i,l);else if(k=="l"){if(U[i]!=""&&!index(U[i]," " word(l) " "))return;put(i,C[i]==""?l:pick(i,l))}
else if(k=="f"){if(!index(U[i]," " nth(l,D[i]) " "))return;put(i,C[i]==""?l:pick(i,l))}
else if(k=="x"){if(barred(i,nth(l,D[i])))return;put(i,C[i]==""?l:pick(i,l))}
else if(k=="n")named(i,l);else if(k=="h")hexes(i,l);else if(k=="b")busiest(i,l);else if(k=="i")iface(i,l)
else if(k=="d")block(i,l);else if(k=="a")address(i,l);else if(k=="c"&&!J[i]&&index(l,U[i])==1){gsub(/[ \t]+/," ",l);put(i,index(" " l " "," " C[i] " ")?"1":"0");Z++}}
function word(l,k,t){k=substr(l,1,1);if(k==" "||k==TB)sub(/^[ \t]+/,"",l);k=index(l," ");t=index(l,TB);if(t&&(!k||t<k))k=t;return k?substr(l,1,k-1):l}
function barred(i,x,k){for(k=1;k<=W[i];k++)if(index(x,X[i,k])==1)return 1;return 0}
function nth(l,d,w){return split(l,w," ")<d?"":w[d]}
function done(i,k,t){if(K[i]=="h"||K[i]=="b"){t="";for(k=1;k<=W[i];k++)t=t (k>1?" ":"") (S[i,k]==""?"-":K[i]=="h"&&S[i,k]<0?"?":sprintf("%.0f",S[i,k]));put(i,t)}
if(K[i]=="n")for(k in H)if(index(k,i SUBSEP)==1)H[k]="";closed(i)}
function file(f,g,l,t,n,k,s){n=split(T[f],t," ");g=F[f];Z=0;s=(getline l<g);if(s<0){close(g);for(k=1;k<=n;k++)gone(t[k]);return}
for(k=1;k<=n;k++)begin(t[k]);while(s>0){for(k=1;k<=n;k++)line(t[k],l);if(Z==n)break;s=(getline l<g)}close(g);for(k=1;k<=n;k++)done(t[k])}
`

const main = `
BEGIN{NL=sprintf("%c",10);TB=sprintf("%c",9);HD="0123456789abcdef";BAD=-1e300;SETUP
while((getline r)>0){O="";if(index(r,"f")){split("",P);split("",N);split("",M)}
q++;u=one("/proc/uptime");split(u,y," ");z="";for(e=1;e<=EN;e++)if(index(" " r " "," " EV[e] " ")){z=z "," EV[e];for(f=FB[e];f<=FE[e];f++)file(f)}
printf "%s","@" q " " y[1] " " substr(z,2) NL O "##" NL;fflush()}}
`

/** A take with the number under which the frame names it: its place in the program, from 1. */
export interface NumberedTake {
  readonly number: number
  readonly take: Take
}

const text = (value: string): string => {
  if (!/^[\w \t./:,|^$()[\]*-]*$/.test(value)) throw new Error(`not a literal for the node-side program: ${value}`)
  return `"${value}"`
}

const settings = ({ number: i, take }: NumberedTake): string => {
  const set = (name: string, value: string | number) =>
    `${name}[${i}]=${typeof value === 'number' ? value : text(value)};`
  const columns = (list: readonly (string | number)[] | undefined) => set('C', (list ?? []).join(' '))
  switch (take.kind) {
    case 'whole':
      return set('K', 'w')
    case 'lines':
      return linesSettings(i, set, take) + columns(take.fields)
    case 'named':
      return set('K', 'n') + namedSettings(i, take.names)
    case 'hex': {
      const all = [...take.sum, ...(take.first ?? [])]
      return (
        set('K', 'h') + columns(all) + set('W', all.length) + set('D', take.sum.length) + set('E', take.header ? 1 : 0)
      )
    }
    case 'busiest':
      return set('K', 'b') + columns(take.fields) + set('W', take.fields.length)
    case 'interfaces':
      return set('K', 'i')
    case 'contains':
      return set('K', 'c') + set('U', take.first) + set('C', take.word)
    case 'blocks':
      return set('K', 'd')
    case 'addresses':
      return set('K', 'a')
  }
}

const linesSettings = (
  i: number,
  set: (name: string, value: string | number) => string,
  take: Take & { kind: 'lines' },
): string => {
  const field = take.field ?? 1
  if (take.without !== undefined) {
    const prefixes = take.without.map((prefix, index) => `X[${i},${index + 1}]=${text(prefix)};`)
    return set('K', 'x') + set('D', field) + set('W', prefixes.length) + prefixes.join('')
  }
  if (take.first === undefined) return set('K', 'l') + set('U', '')
  const words = set('U', ` ${take.first.join(' ')} `)
  return field === 1 ? set('K', 'l') + words : set('K', 'f') + set('D', field) + words
}

const namedSettings = (i: number, names: readonly string[]): string => {
  const rows = Map.groupBy(names, (name) => name.slice(0, name.indexOf(':') + 1))
  return [...rows]
    .map(([row, list]) => `A[${i},${text(row)}]=${text(list.map((name) => name.slice(row.length)).join(' '))};`)
    .join('')
}

/** The order in which groups are read. */
export const groups: readonly Every[] = [1, 5, 60]

/** The awk program for these takes. A file that several takes of one group want is read once. */
export const awkProgram = (takes: readonly NumberedTake[]): string => {
  let setup = `EN=${groups.length};`
  let file = 0
  groups.forEach((every, index) => {
    const here = takes.filter(({ take }) => take.every === every)
    setup += `EV[${index + 1}]=${every};FB[${index + 1}]=${file + 1};`
    for (const [path, list] of Map.groupBy(here, ({ take }) => take.file)) {
      file += 1
      setup += `F[${file}]=${text(path)};T[${file}]="${list.map(({ number }) => number).join(' ')}";`
    }
    setup += `FE[${index + 1}]=${file};`
  })
  for (const numbered of takes) setup += settings(numbered)
  return (library + main.replace('SETUP', () => setup)).trim()
}
