/** What a figure is about. Only nodes and kntop itself are watched so far; pods and services join here. */
export type Subject = { readonly node: NodeName } | { readonly self: true }

/**
 * The name under which a node stands: validated by {@link isNodeName} where it comes from others, by {@link isHostName} where
 * a person wrote it; so it is safe to draw and to compare.
 */
export type NodeName = string & { readonly __node: true }

const dns1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i

/** Whether a text is a DNS-1123 name of at most 253 characters, as Kubernetes names nodes. */
export const isNodeName = (text: string): text is NodeName => text.length <= 253 && dns1123.test(text)

/** Whether a text may stand for a host that a person named, right or wrong: printable ASCII without spaces, 253 at most. */
export const isHostName = (text: string): text is NodeName => /^[!-~]{1,253}$/.test(text)
