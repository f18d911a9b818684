import type { VerbBody } from '../verb.ts';
import { historyVerb } from './history.ts';
import { pauseVerb, resumeVerb } from './pause.ts';
import { restartVerb } from './restart.ts';
import { statusVerb } from './status.ts';
import { undoVerb } from './undo.ts';

export const rolloutVerb: VerbBody = {
  about: 'Deployments, daemon sets and stateful sets have rollouts.',
  examples: `# Go back to the deployment before
kubectl rollout undo deployment/web

# How far a daemon set is
kubectl rollout status daemonset/agent

# Replace all pods of a deployment
kubectl rollout restart deployment/web`,
  verbs: [historyVerb, pauseVerb, restartVerb, resumeVerb, statusVerb, undoVerb],
};
