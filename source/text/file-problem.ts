/** Why a file cannot be read, in words: of what the calls of node:fs throw. */
export const fileProblem = (error: unknown): string => {
  const { code, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error))
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'it may not be read by this user'
  return code === 'EISDIR' ? 'it is a folder' : message
}
