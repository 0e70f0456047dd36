# A node of the bench: what stands behind a login, in the place of a shell. It takes what kntop sends for a sampler or for a
# command, and answers with what was recorded, so that the machine under test is not busy with a thousand real samplers.
# Variables: folder (of what was recorded), greeting (a line), sums (number of the take that adds pods' counters up).

BEGIN {
  count = 0
  # By the last number of the address at which it is reached.
  split(ENVIRON["SSH_CONNECTION"], side, " ")
  split(side[3], number, ".")
  frames = folder (number[4] % 10 == 0 ? "/troubled" : "/calm")
  listing = folder "/listing"
  while ((getline line < frames) > 0) {
    body[count] = body[count] line "\n"
    if (line == "##") count++
  }
  while ((getline line < listing) > 0) sockets = sockets line "\n"
  search = folder "/pods"
  while ((getline line < search) > 0) pods = pods line "\n"
  zero = "0m0.00s 0m0.00s\n"
}

# The script of whoever logs in: its arguments tell the marker.
!begun && /^set -- / { split($0, word, "'"); marker = word[2] word[4] }
!begun && /getline/ { sampler = 1 }
!begun && /net\/snmp/ { searches = 1 }
!begun && $0 == "#kntop-end" { begun = 1; if (sampler) print marker " " greeting }
!begun || $0 == "#kntop-end" { next }

# Which namespaces there are: those that were recorded.
sampler && /^[=+]/ { next }
sampler {
  sub(/ n[0-9]+$/, "")
  gsub(" ", ",")
  said = body[sequence % count]
  # Sums that begin again are another program's.
  if (sequence >= count) sub("\n" sums ":1 [0-9]+ ", "\n" sums ":1 " int(sequence / count) " ", said)
  printf "@%d %d %s\n%s", sequence + 1, 1000 + sequence, $0, said
  sequence++
}
!sampler && $0 == "k" { printf "%s", marker " begin\n" (searches ? pods : sockets) "\n" marker " end 0\n" zero zero marker " done\n" }
