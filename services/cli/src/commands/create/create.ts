import { objectsInFiles } from '../../resources/located.ts';
import { write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { withChangeCause } from '../change-cause.ts';
import { Failure, Failures, usageFailure, withSource } from '../failure.ts';
import { withLastApplied } from '../last-applied.ts';
import { dryRunOf, Outcome, writeQuery } from '../outcome.ts';
import { rawFlag, requestRaw } from '../raw.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, recordFlag, validateFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { createConfigMapVerb } from './config-map.ts';
import { createCronJobVerb } from './cron-job.ts';
import { createDeploymentVerb } from './deployment.ts';
import { createDisruptionBudgetVerb } from './disruption-budget.ts';
import { createIngressVerb } from './ingress.ts';
import { createJobVerb } from './job.ts';
import { createNamespaceVerb } from './namespace.ts';
import { createPriorityClassVerb } from './priority-class.ts';
import { createQuotaVerb } from './quota.ts';
import { createClusterRoleVerb, createRoleVerb } from './role.ts';
import { createClusterRoleBindingVerb, createRoleBindingVerb } from './role-binding.ts';
import { createSecretVerb } from './secret.ts';
import { createServiceVerb } from './service.ts';
import { createServiceAccountVerb } from './service-account.ts';
import { createTokenVerb } from './token.ts';

export const createVerb: VerbBody = {
  about: 'JSON and YAML formats are accepted.',
  examples: `# Create a pod from a file
kubectl create -f ./pod.yaml

# Create what stdin describes
cat pod.yaml | kubectl create -f -`,
  usage: '-f FILENAME',
  flags: [
    dryRunFlag,
    fieldManagerFlag('kubectl-create'),
    ...fileFlags('to use to create the resource'),
    outputFlag,
    rawFlag('POST'),
    recordFlag,
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'If true, the configuration of current object will be saved in its annotation, for a later apply.',
    },
    validateFlag,
  ],
  verbs: [
    createClusterRoleVerb,
    createClusterRoleBindingVerb,
    createConfigMapVerb,
    createCronJobVerb,
    createDeploymentVerb,
    createIngressVerb,
    createJobVerb,
    createNamespaceVerb,
    createDisruptionBudgetVerb,
    createPriorityClassVerb,
    createQuotaVerb,
    createRoleVerb,
    createRoleBindingVerb,
    createSecretVerb,
    createServiceVerb,
    createServiceAccountVerb,
    createTokenVerb,
  ],
  run: create,
};

async function create(invocation: Invocation): Promise<void> {
  const { session, args, flags, path } = invocation;
  if (args.length > 0) throw usageFailure(path, `Unexpected args: [${args.join(' ')}]`);
  if (flags.list('filename').length === 0) throw new Failure('error: must specify one of -f and -k');
  if (flags.text('raw') !== '') return requestRaw(invocation, 'POST');
  const outcome = new Outcome(session.io, flags);
  const query = writeQuery(flags);
  const failures = new Failures();
  let count = 0;
  for await (const { object, resource, namespace, source } of objectsInFiles(session, flags, failures)) {
    count++;
    const recorded = withChangeCause(object, invocation);
    const body = flags.on('save-config') ? withLastApplied(recorded) : recorded;
    if (dryRunOf(flags) === 'client') {
      outcome.tell({ object: body, resource }, 'created');
      continue;
    }
    await failures.attempt(async () => {
      const created = await write(session.client, 'POST', pathOf(resource, { namespace }), { query, body }).catch((error: unknown) => {
        throw withSource(error, 'creating', source);
      });
      outcome.tell({ object: created.object, resource }, 'created');
    });
  }
  failures.throwAny();
  if (count === 0) throw new Failure('error: no objects passed to create');
}
