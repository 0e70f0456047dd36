import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../system/support/finish.ts'
import { folder, net } from './names.ts'
import type { NodePlan } from './state.ts'

export const pkiFolder = join(folder, 'pki')

/** Whoever has a certificate: its file name, and what Kubernetes takes from it. */
interface Holder {
  readonly file: string
  readonly user: string
  readonly group?: string
  /** Names and addresses, for one who also serves. */
  readonly serves?: readonly string[]
}

const holders = (nodes: readonly NodePlan[]): readonly Holder[] => [
  {
    file: 'apiserver',
    user: 'kube-apiserver',
    // Also what it shows to kubelets.
    group: 'system:masters',
    serves: [
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
      ...['localhost', '127.0.0.1', net.api, net.node(1), net.node6(1)],
    ],
  },
  { file: 'admin', user: 'admin', group: 'system:masters' },
  // The group that `kntop rbac` gives its roles to.
  { file: 'kntop', user: 'kntop', group: 'kntop' },
  { file: 'controller-manager', user: 'system:kube-controller-manager' },
  { file: 'scheduler', user: 'system:kube-scheduler' },
  { file: 'kube-proxy', user: 'system:kube-proxy' },
  ...nodes.map(({ name, address, address6 }) => ({
    file: name,
    user: `system:node:${name}`,
    group: 'system:nodes',
    serves: [name, address, address6],
  })),
]

const isAddress = (name: string): boolean => /^[\d.]+$|:/.test(name)

const sectionOf = ({ file, serves }: Holder): string =>
  `[${file}]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = ${serves === undefined ? 'clientAuth' : 'clientAuth, serverAuth'}
${serves === undefined ? '' : `subjectAltName = ${serves.map((name) => `${isAddress(name) ? 'IP' : 'DNS'}:${name}`).join(', ')}`}
`

const settings = `[req]
distinguished_name = subject
[subject]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
subjectKeyIdentifier = hash
`

/** Makes an authority of the lab's own, a certificate for everybody, and the key that signs tokens. */
export const makeCertificates = async (nodes: readonly NodePlan[]): Promise<void> => {
  mkdirSync(pkiFolder, { recursive: true, mode: 0o700 })
  const all = holders(nodes)
  const config = join(pkiFolder, 'openssl.cnf')
  writeFileSync(config, `${settings}${all.map(sectionOf).join('')}`)
  const create = async (file: string, subject: string, ...signer: readonly string[]): Promise<void> => {
    await run([
      ...([
        'openssl',
        'req',
        '-x509',
        '-config',
        config,
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
      ] as const),
      ...['-nodes', '-days', '30', '-sha256', '-subj', subject, '-keyout', join(pkiFolder, `${file}.key`)],
      ...['-out', join(pkiFolder, `${file}.crt`), ...signer],
    ])
  }
  await create('ca', '/CN=kntop-lab', '-extensions', 'authority')
  const authority = ['-CA', join(pkiFolder, 'ca.crt'), '-CAkey', join(pkiFolder, 'ca.key')]
  const tokens = [
    'genpkey',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-out',
    join(pkiFolder, 'tokens.key'),
  ]
  const published = ['-in', join(pkiFolder, 'tokens.key'), '-pubout', '-out', join(pkiFolder, 'tokens.pub')]
  await Promise.all([
    run(['openssl', ...tokens]).then(() => run(['openssl', 'pkey', ...published])),
    ...all.map((holder) =>
      create(
        holder.file,
        `${holder.group === undefined ? '' : `/O=${holder.group}`}/CN=${holder.user}`,
        ...['-extensions', holder.file, ...authority],
      ),
    ),
  ])
}
