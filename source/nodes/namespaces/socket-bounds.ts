/** Sockets above which their round-trip times cost more than a look is worth: ss takes 7 ms of CPU for a thousand. */
export const mostWithInfo = 2000

/** Lines that are read of a table: a heading, and then as many sockets, so that a table that is cut is known by their number. */
export const mostInTable = mostWithInfo + 1

/** Of very many sockets: those that listen, in which something waits, that are over, and of the others. */
export const mostOf = { waiting: 300, queued: 1000, over: 50, quiet: 300 } as const

/** Sockets above which nobody looks who holds them: a hundred open files cost `ls` a third of a millisecond. */
export const mostWithHolders = 500

/** Open files of a process above which it is not asked: how many it has is the pod's choice. */
export const mostFiles = 4096

/** Processes of a pod that are asked which sockets they hold. */
export const mostProcesses = 64
