/**
 * Sets `n`: how many sockets a namespace has, before they are listed. In sockstat each address family counts its own, and TCP's
 * line tells TIME-WAIT apart from what is in use.
 */
export const countSockets = `n=0
for f in "$net/sockstat" "$net/sockstat6"; do
[ -r "$f" ] || continue
while read -r k w c o v t x r; do
case $k in TCP:) n=$((n + c)); [ "$t" = tw ] && n=$((n + x));; TCP6:|UDP:|UDP6:) n=$((n + c));; esac
done <"$f"
done
`
