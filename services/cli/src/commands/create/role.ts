import { Failure } from '../failure.ts';
import { parseLabels } from '../label/parse-labels.ts';
import { generatorVerb } from './generator.ts';
import { policyRuleFlags, resourceRules, verbsOf } from './policy-rules.ts';

export const createRoleVerb = generatorVerb({
  name: 'role',
  summary: 'Create a role with single rule',
  examples: `# Who has the role may read pods
kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods

# Only two of them
kubectl create role pod-reader --verb=get --resource=pods --resource-name=readablepod --resource-name=anotherpod

# A resource of a group
kubectl create role foo --verb=get,list,watch --resource=rs.apps`,
  usage: '--verb=verb --resource=resource.group/subresource [--resource-name=resourcename] ',
  flags: policyRuleFlags,
  async object({ flags, session }) {
    if (flags.list('verb').length === 0) throw new Failure('error: at least one verb must be specified');
    if (flags.list('resource').length === 0) throw new Failure('error: at least one resource must be specified');
    return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: await resourceRules(session, flags) };
  },
});

export const createClusterRoleVerb = generatorVerb({
  name: 'clusterrole',
  summary: 'Create a cluster role',
  examples: `# Who has the role may read pods everywhere
kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods

# And a path that is no resource
kubectl create clusterrole foo --verb=get --non-resource-url=/logs/*

# What other roles with a label allow
kubectl create clusterrole monitoring --aggregation-rule="rbac.example.com/aggregate-to-monitoring=true"`,
  usage: '--verb=verb --resource=resource.group [--resource-name=resourcename] ',
  flags: [
    { name: 'aggregation-rule', type: 'string', help: 'An aggregation label selector for combining ClusterRoles.' },
    { name: 'non-resource-url', type: 'strings', help: 'A partial url that user should have access to.' },
    ...policyRuleFlags,
  ],
  async object({ flags, session }) {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
    const [aggregation, urls] = [flags.text('aggregation-rule'), flags.list('non-resource-url')];
    if (aggregation !== '') {
      if ([...flags.list('verb'), ...flags.list('resource'), ...urls].length > 0)
        throw new Failure('error: aggregation rule must be specified without resources and non-resources');
      return { ...role, aggregationRule: { clusterRoleSelectors: [{ matchLabels: parseLabels(aggregation) }] }, rules: null };
    }
    if (flags.list('verb').length === 0) throw new Failure('error: at least one verb must be specified');
    if (flags.list('resource').length === 0 && urls.length === 0)
      throw new Failure('error: one of resource or nonResourceURL must be specified');
    if (urls.some((url) => !url.startsWith('/') && url !== '*')) throw new Failure('error: nonResourceURL should start with /');
    const ofUrls = urls.length > 0 ? [{ nonResourceURLs: urls, verbs: verbsOf(flags) }] : [];
    return { ...role, rules: [...(await resourceRules(session, flags)), ...ofUrls] };
  },
});
