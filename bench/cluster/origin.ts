/** Whether a cluster is meant by its plain origin; else by the file of a kubeconfig. */
export const isOrigin = (cluster: string): boolean => cluster.startsWith('http://')
