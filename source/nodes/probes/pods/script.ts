/** Where a node keeps what is searched. */
export interface PodTrees {
  readonly proc: string
  readonly cgroups: string
}

export const podTrees: PodTrees = { proc: '/proc', cgroups: '/sys/fs/cgroup' }

/** Processes of one namespace whose stat is read. */
const mostOfOne = 64

/**
 * The heart of the search, for any awk. In: lines `INODE /proc/PID/net/snmp`, the first of them of process 1, the second of the
 * reader itself, where it may see them; then the paths of cpu.stat of containers. Out:
 *
 *     host INODE        the namespace of process 1; `none` where it cannot be seen
 *     own INODE         that of the reader
 *     n KEY UID ENTRIES      a namespace beside it, by its oldest process; `-`: of no pod; entries of a conntrack table of its own
 *     c UID ID PERIODS THROTTLED   a container with a CPU limit
 *
 * The number of /proc/PID/net/snmp is one for all processes of a network namespace, and anybody may ask for it; that of
 * /proc/PID/ns/net takes the right to trace the process. The kubelet puts a container into a group that bears the pod's uid, with
 * `_` for `-` under systemd, and the container's id, with the runtime's name before it.
 *
 * How many processes a namespace has is the pod's choice: the oldest is looked for among {@link mostOfOne} of them.
 */
/** What awk does with what stat and the shell found. */
export const reader = String.raw`
function text(f,x,t,s){RS=S;while((s=(getline x<f))>0)t=t x;close(f);RS=NL;return t}
function hex(x){x=tolower(x);return x~/^[0-9a-f]+$/}
function uid(x){gsub(/_/,"-",x);return x~/^[0-9a-f-]+$/&&(length(x)==36||length(x)==32)?x:"-"}
BEGIN{S=sprintf("%c",1);NL=sprintf("%c",10);host=own="none";best=0}
/\/net\/snmp$/{if($1!~/^[0-9]+$/)next
p=substr($2,length(P)+2);p=substr(p,1,index(p,"/")-1)
if(p=="self"){own=$1;next}
if(p=="1"&&host=="none"){host=$1;next}
if($1==host||$1==own||p!~/^[0-9]+$/||K[$1]++>=${mostOfOne})next
t=text(P "/" p "/stat");while((k=index(t,")")))t=substr(t,k+1)
n=split(t,w," ");if(n<20||w[20]!~/^[0-9]+$/)next
if(!($1 in B)||w[20]+0<B[$1]+0){B[$1]=w[20];Q[$1]=p};next}
/\/cpu\.stat$/{n=split($0,w,"/");u=w[n-2];sub(/\.slice$/,"",u);sub(/^.*pod/,"",u)
c=w[n-1];if(index(c,"crio-conmon-"))next
sub(/\.scope$/,"",c);sub(/^.*-/,"",c);if(length(c)<12||!hex(c))next
n=split(text($0),w,/[ \n]/);a=b=0;for(k=1;k<n;k+=2){if(w[k]=="nr_periods")a=w[k+1];else if(w[k]=="nr_throttled")b=w[k+1]}
if(a+0>0)print "c " uid(u) " " substr(c,1,64) " " a " " b}
END{print "host " host;print "own " own
for(i in B){t=text(P "/" Q[i] "/cgroup");u="-"
if(match(t,/pod[0-9a-f][0-9a-f_-]*/))u=uid(substr(t,RSTART+3,RLENGTH-3))
n=split(text(P "/" Q[i] "/net/stat/nf_conntrack"),w,NL);e=n>1?w[2]:"";sub(/ .*$/,"",e);if(!hex(e))e="-"
print "n " Q[i] ":" B[i] ":" i " " u " " e}}
`

/**
 * Finds the network namespaces of a node, with one process for each, and the containers whose CPU is limited, for /bin/sh as
 * dash, busybox and bash have it. One stat and one awk, whatever the number of pods; the shell looks up the paths. xargs,
 * because a node may have more processes than a command may have arguments: it starts another stat for each 6000 of them.
 */
export const searchScript = (trees: PodTrees): string => {
  const { proc, cgroups } = trees
  return `a=awk; command -v awk >/dev/null || a='busybox awk'
[ "$uid" != 0 ] && while read -r x b t o y; do case $b,$o in /proc,*hidepid=[!0]*) echo hidden; break;; esac; done </proc/self/mounts
command -v stat >/dev/null && command -v xargs >/dev/null || echo nostat
for r in ${cgroups}/cpu ${cgroups}/cpu,cpuacct ${cgroups}; do [ -d "$r" ] && break; done
{ printf '%s\\n' ${proc}/1/net/snmp ${proc}/self/net/snmp ${proc}/[0-9]*/net/snmp | xargs stat -c '%i %n' 2>/dev/null
for b in "$r" "$r"/*; do case $b in *kubepods*) [ "$b" = "$r" ] || continue;; esac
printf '%s\\n' "$b"/*kubepods*/*pod*/*/cpu.stat "$b"/*kubepods*/*/*pod*/*/cpu.stat
done; } | $a -v P=${proc} '${reader.trim()}'`
}
