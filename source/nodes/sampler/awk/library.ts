/**
 * What the parts of the node-side program have in common. `O` gathers the frame, because mawk writes each print by itself.
 * `P` holds what was sent, `N` the number of lines: -1 before anything was told, -2 where the file cannot be read.
 *
 * A file is read as one record, up to a byte `S` that the kernel writes nowhere, because comparing it with the text before
 * is one step where a loop over lines is hundreds. mawk under `-W interactive` reads lines whatever the separator is; `JN`
 * is what joins the records. So `T` begins and ends with a line's end; `cut` puts its lines into `w`, from 2 on.
 * Of a file whose last line has no end, a byte `S` at the very end is lost.
 *
 * A word that is no hexadecimal number counts as BAD, so far below zero that no sum comes back from it; sums below zero are
 * written as `?`. `HX`: this awk reads `0x1f` as a number; up to 13 digits it is exact.
 */
export const library = `
function put(i,j,t){t=i ":" j " " t NL;if(P[i,j]!=t){P[i,j]=t;O=O t}}
function end(i,j,k){for(k=j+1;k<=N[i];k++)delete P[i,k];if(j<N[i]||N[i]<0)O=O i "=" j NL;N[i]=j}
function gone(i,k){if(N[i]!=-2){for(k=1;k<=N[i];k++)delete P[i,k];O=O i "!" NL;N[i]=-2}}
function slurp(f,x,y,s){s=(getline x<f);if(s<0){close(f);return 0}
if(s>0){while((getline y<f)>0)x=x JN y;T=NL x NL}else T=NL;close(f);return 1}
function cut(n){n=split(T,w,NL)-1;return n>1&&w[n]==""&&JN!=NL?n-1:n}
function one(f,x,p){if((getline x<f)<0)x="-";close(f);if((p=index(x,NL)))x=substr(x,1,p-1);return x==""?"-":x}
function has(f,x,y){y=(getline x<f);close(f);return y>=0}
function at(k){return k<=NF?$k:"-"}
function hex(x,v,k,n){n=length(x);if(n>16)return BAD;if(x!~/^[0-9a-f]+$/){x=tolower(x);if(x!~/^[0-9a-f]+$/)return BAD};if(HX&&n<14)return ("0x" x)+0
if(n==8)return HB[substr(x,1,2)]*16777216+HB[substr(x,3,2)]*65536+HB[substr(x,5,2)]*256+HB[substr(x,7)]
for(k=1;k<=n;k++)v=v*16+HB["0" substr(x,k,1)];return v}
`

/** `LISTEN` and `GROUPS` are replaced. `E`: the uptime at which the program began. */
export const main = `
BEGIN{NL=sprintf("%c",10);S=sprintf("%c",1);TB=sprintf("%c",9);BAD=-1e300;HX=("0x" "1f")+0==31;for(k=0;k<256;k++)HB[sprintf("%02x",k)]=k
RS=S;getline x<"/proc/uptime";close("/proc/uptime");JN=index(x,NL)?S:NL;E=substr(x,1,index(x," ")-1);RS=NL;forget()
while((getline r)>0){LISTENO="";if(index(r,"f"))forget()
r=" " r " ";q++;RS=S;$0=one("/proc/uptime");u=$1;z="";GROUPS
RS=NL;printf "%s","@" q " " u " " substr(z,2) NL O "##" NL;fflush()}}
`
