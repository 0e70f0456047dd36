const condition = (type: string): object => ({
  type,
  status: 'True',
  lastProbeTime: null,
  lastTransitionTime: '2026-01-31T11:00:00Z',
})

/** Whose pods they are. */
export const namespaceOf = (index: number): string => `team-${index % 40}`

/** A plausible pod of a production cluster, without what the API server itself writes into it. No two have one name. */
export const podOf = (index: number) => {
  const replicaSet = `web-${index % 997}-7f9c5d8b6`
  const address = `10.${128 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
  return {
    metadata: {
      name: `web-${(index % 997).toString(36)}-7f9c5d8b6-${index.toString(36).padStart(5, '0')}`,
      generateName: 'web-7f9c5d8b6-',
      namespace: namespaceOf(index),
      labels: { app: 'web', 'pod-template-hash': '7f9c5d8b6' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: replicaSet,
          uid: `10000000-0000-4000-8000-${String(index % 997).padStart(12, '0')}`,
          controller: true,
        },
      ],
    },
    spec: {
      nodeName: `worker-${index % 1000}`,
      containers: ['web', 'proxy'].map((name) => ({
        name,
        image: `registry.example/team/${name}:1.2.3`,
        env: Array.from({ length: 12 }, (_, entry) => ({ name: `VARIABLE_${entry}`, value: `value of ${entry}` })),
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      })),
    },
    status: {
      phase: 'Running',
      startTime: '2026-01-31T11:00:00Z',
      hostIP: '10.0.0.1',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
      containerStatuses: ['web', 'proxy'].map((name) => ({
        name,
        ready: true,
        restartCount: 0,
        containerID: `containerd://${index.toString(16).padStart(63, 'c')}${name.length}`,
        state: { running: { startedAt: '2026-01-31T11:00:05Z' } },
      })),
    },
  } as const
}
