import type { VerbBody } from '../verb.ts';
import {
  currentContextVerb,
  getClustersVerb,
  getContextsVerb,
  getUsersVerb,
  removalVerb,
  renameContextVerb,
  useContextVerb,
} from './contexts.ts';
import { setVerb, unsetVerb } from './set.ts';
import { setClusterVerb, setContextVerb, setCredentialsVerb } from './setters.ts';
import { viewVerb } from './view.ts';

export const configVerb: VerbBody = {
  about: 'The file is that of --kubeconfig, the first of $KUBECONFIG, or ~/.kube/config.',
  verbs: [
    currentContextVerb,
    removalVerb('cluster', 'clusters'),
    removalVerb('context', 'contexts'),
    removalVerb('user', 'users'),
    getClustersVerb,
    getContextsVerb,
    getUsersVerb,
    renameContextVerb,
    setVerb,
    setClusterVerb,
    setContextVerb,
    setCredentialsVerb,
    unsetVerb,
    useContextVerb,
    viewVerb,
  ],
};
