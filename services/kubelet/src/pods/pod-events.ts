import type { Container, Pod } from '@t8s/api';

/** Events about a pod, or about one of its containers. */
export type PodEvents = (event: { pod: Pod; container?: Container; type: 'Normal' | 'Warning'; reason: string; message: string }) => void;
