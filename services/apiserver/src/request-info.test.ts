import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestInfo } from './request-info.ts';

test('paths and methods say what is asked', () => {
  const cases: [method: string, url: string, said: string][] = [
    ['GET', '/api/v1/pods', 'list v1  pods  '],
    ['GET', '/api/v1/pods?watch=true', 'watch v1  pods  '],
    ['GET', '/api/v1/pods?watch', 'watch v1  pods  '],
    ['GET', '/api/v1/pods?watch=False', 'list v1  pods  '],
    ['GET', '/api/v1/namespaces/d/pods/web?watch=true', 'get v1 d pods web '],
    ['GET', '/api/v1/namespaces/d/pods/', 'list v1 d pods  '],
    ['GET', '/api/v1/namespaces/d%2Fpods%2Fweb', 'get v1 d pods web '],
    ['GET', '/api/v1//pods', 'get v1   pods '],
    ['GET', '/api/v1/namespaces/d/pods/web/log', 'get v1 d pods web log'],
    ['POST', '/apis/apps/v1/namespaces/d/deployments', 'create apps/v1 d deployments  '],
    ['DELETE', '/apis/apps/v1/namespaces/d/deployments', 'deletecollection apps/v1 d deployments  '],
    ['GET', '/api/v1/namespaces', 'list v1  namespaces  '],
    ['GET', '/api/v1/namespaces/d', 'get v1 d namespaces d '],
    ['PUT', '/api/v1/namespaces/d/finalize', 'update v1 d namespaces d finalize'],
    ['GET', '/api/v1/watch/pods', 'watch v1  pods  '],
    ['GET', '/apis/apps/v1/watch/namespaces/d/deployments/web', 'watch apps/v1 d deployments web '],
    ['GET', '/api/v1/watch/namespaces/d', 'watch v1 d namespaces d '],
    ['POST', '/api/v1/watch/pods', ' v1  pods  '],
    ['PATCH', '/api/v1/nodes/n1/status', 'patch v1  nodes n1 status'],
    ['GET', '/api/v1/namespaces/d/services/https:web:443/proxy/a/b', 'get v1 d services https:web:443 proxy/a/b'],
  ];
  for (const [method, url, said] of cases) {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const i = requestInfo(method, pathname, searchParams);
    assert.equal(
      `${i.verb} ${i.group ? `${i.group}/` : ''}${i.version} ${i.namespace} ${i.resource} ${i.name} ${i.subresource}`,
      said,
      url,
    );
  }
  for (const path of ['/', '/api', '/api/v1', '/apis', '/apis/apps/v1', '/healthz', '/version'])
    assert.equal(requestInfo('GET', path, new URLSearchParams()).isResource, false, path);
});
