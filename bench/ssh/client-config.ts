/** For ssh's `-F`: leads to every address by the key `user` of a folder, and believes what it sees there. */
export const clientConfig = (folder: string, port: number, user: string): string =>
  [
    ...['Host *', `Port ${port}`, `User ${user}`, `IdentityFile ${folder}/user`, 'IdentitiesOnly yes'],
    ...['IdentityAgent none', 'StrictHostKeyChecking accept-new', `UserKnownHostsFile ${folder}/known_hosts`],
    ...['GlobalKnownHostsFile /dev/null', ''],
  ].join('\n')
