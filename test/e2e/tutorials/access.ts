import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { lesson } from './lesson.ts';

export function access(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'nobody may do what no role lets them', namespace: 'roles' }, async (lesson) => {
    const user = '--as=system:serviceaccount:roles:reader';
    const refused = `User "system:serviceaccount:roles:reader" cannot list resource "pods" in API group "" in the namespace "roles"`;
    assert.equal(await lesson.say('create serviceaccount reader'), 'serviceaccount/reader created\n');
    assert.equal(await lesson.fails(`get pods ${user}`), `Error from server (Forbidden): pods is forbidden: ${refused}`);
    assert.equal(
      await lesson.say('create role pod-reader --verb=get,list --resource=pods'),
      'role.rbac.authorization.k8s.io/pod-reader created\n',
    );
    assert.equal(
      await lesson.say('create rolebinding read-pods --role=pod-reader --serviceaccount=roles:reader'),
      'rolebinding.rbac.authorization.k8s.io/read-pods created\n',
    );
    await lesson.shows(`auth can-i list pods ${user}`, /^yes$/m);
    for (const line of ['auth can-i delete pods', 'auth can-i list pods -n default', 'auth can-i list nodes']) {
      const { code, stdout } = await lesson.ends(`${line} ${user}`);
      assert.deepEqual([code, stdout], [1, 'no\n'], line);
    }
    // A pod has what its account has, by the token that it finds.
    await lesson.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'inside' },
      spec: {
        serviceAccountName: 'reader',
        restartPolicy: 'Never',
        containers: [{ name: 'c', image: 't8s.local/hello:1', command: ['node', '-e', asker] }],
      },
    });
    await lesson.waitFor('pod/inside', 'jsonpath={.status.phase}=Succeeded');
    assert.equal(await lesson.say('logs inside'), `200 inside\n403 pods is forbidden: ${refused.replace('"roles"', '"default"')}\n`);
  });
}

/** Lists the pods of two namespaces from within a pod. */
const asker = `
const { readFileSync } = require('node:fs');
const { get } = require('node:https');
const read = (name) => readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/' + name, 'utf8');
const headers = { authorization: 'Bearer ' + read('token') };
const list = (namespace) => new Promise((resolve) =>
  get('https://kubernetes.default.svc/api/v1/namespaces/' + namespace + '/pods', { ca: read('ca.crt'), headers }, async (response) => {
    const body = JSON.parse((await response.setEncoding('utf8').toArray()).join(''));
    console.log(response.statusCode, body.message ?? body.items.map((pod) => pod.metadata.name).join());
    resolve();
  }));
list(read('namespace')).then(() => list('default'));
`;
