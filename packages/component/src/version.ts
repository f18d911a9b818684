/** What every component reports: the Kubernetes release whose behaviour it has, and our own build after the `+`. */
export const kubernetesVersion = 'v1.34.0+t8s.0';
