import type { SlurpedPart, StreamedPart } from './part.ts'

/**
 * Physical interfaces. By what stands before the colon, `R` holds the folder of a physical one, "" for any other; looked for
 * again every 60th time, together with the speed, because asking a driver for that takes the kernel's routing lock.
 */
export const slurpedInterfaces = (i: number): SlurpedPart => ({
  way: 'slurped',
  number: i,
  code: `function t${i}(n,j,k,h,d,t){j=0;if(l${i}++%60==0)split("",R${i})
for(k=2;k<=n;k++){if((h=substr(w[k],1,index(w[k],":")))=="")continue
if(!(h in R${i})){$0=substr(h,1,length(h)-1);d="/sys/class/net/" $1;R${i}[h]=has(d "/device/uevent")&&!has(d "/master/device/uevent")?d:"";if(R${i}[h]!="")V${i}[h]=one(d "/speed")}
if((d=R${i}[h])=="")continue
t=w[k];sub(/:/," ",t);$0=t
put(${i},++j,$1 " " $2 " " $3 " " $4 " " $5 " " $6 " " $10 " " $11 " " $12 " " $13 " " one(d "/statistics/rx_missed_errors") " " V${i}[h] " " one(d "/carrier_changes"))}
if(N[${i}]!=j)end(${i},j)}`,
  when: 'always',
  lines: true,
  forget: '',
})

/** Whole block devices with their write cache. */
export const streamedBlocks = (i: number): StreamedPart => ({
  way: 'streamed',
  number: i,
  begin: '',
  code: `if(NF>2&&$3!~/^(loop|ram|zram)/&&(x=one("/sys/block/" $3 "/queue/write_cache"))!="-")put(${i},++j${i},$3 " " x)`,
  single: false,
})
