/**
 * What stands before a program that has no limit of time of its own, or one that whoever answers it can stretch: a channel that
 * is closed ends nobody, and sshd holds a place of its sessions for whatever hangs. With SIGKILL at once, since `-k` came late
 * to busybox. Ended so, a run has the status 137.
 */
export const limitedTo = (seconds: number): string => `timeout -s KILL ${seconds}`

/** The exit status of a program that took a SIGKILL. */
export const killed = 137
