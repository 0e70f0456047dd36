import { homedir } from 'node:os'
import { join } from 'node:path'

/** Bears everything that the lab makes on the machine: its one link, its cgroups, its folder. */
export const labName = 'kntop-lab'

/** All files of a lab that runs. On a disk, because etcd's syncs are to be real; `/tmp` often is memory. */
export const folder = join('/var/tmp', labName)

/** What is built once, and stays. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), labName)

/** Where things are, for people and programs. */
export const files = {
  /** Of kntop's own user, who may only read. */
  kubeconfig: join(folder, 'kubeconfig'),
  /** Of somebody who may do everything. */
  admin: join(folder, 'admin.kubeconfig'),
  sshConfig: join(folder, 'ssh', 'config'),
  state: join(folder, 'lab.json'),
} as const

/** Addresses of the lab; `number` counts nodes from 1. No packet for them leaves the machine. */
export const net = {
  nodes: '10.91.0.0/24',
  host: '10.91.0.1',
  /** The switch: default gateway that leads nowhere, and name server of the world outside the cluster. */
  gateway: '10.91.0.254',
  gateway6: 'fd91::fe',
  node: (number: number): string => `10.91.0.${10 + number}`,
  node6: (number: number): string => `fd91::${10 + number}`,
  pods: '10.92.0.0/16',
  pods6: 'fd92::/48',
  podsOf: (number: number): string => `10.92.${number}.0/24`,
  pods6Of: (number: number): string => `fd92:0:0:${number}::/64`,
  services: '10.93.0.0/16',
  services6: 'fd93::/112',
  /** The service `kubernetes`. */
  api: '10.93.0.1',
  dns: '10.93.0.10',
  dns6: 'fd93::a',
} as const

/** A name that no cluster knows, and what it leads to. */
export const outside = { name: 'www.example.com', address: '203.0.113.80', address6: '2001:db8::80' } as const

export const proxies = ['iptables', 'nftables'] as const

export type ProxyMode = (typeof proxies)[number]
