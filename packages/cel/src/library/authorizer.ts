/** Kubernetes' authorizer library: expressions ask what the user of a request, or a service account, may do. */
import type { Environment } from '@marcbachmann/cel-js';

/** What is asked: a verb on a resource, or on a path. */
export type AccessQuestion =
  | { verb: string; path: string }
  | {
      verb: string;
      group: string;
      resource: string;
      subresource: string;
      namespace: string;
      name: string;
      fieldSelector?: string;
      labelSelector?: string;
    };

export interface AccessAnswer {
  allowed: boolean;
  reason: string;
  /** Why there is no answer; nothing is allowed then. */
  error?: string;
}

/** Answers for the user of the request, or for this service account. */
export type Authorize = (question: AccessQuestion, serviceAccount?: { namespace: string; name: string }) => AccessAnswer;

type ResourceAsked = Omit<Extract<AccessQuestion, { group: string }>, 'verb'>;

export class Authorizer {
  readonly ask: (question: AccessQuestion) => AccessAnswer;
  readonly authorize: Authorize;
  /** `authorizer.requestResource`. */
  readonly requestResource: ResourceCheck;

  constructor(authorize: Authorize, requestResource: ResourceAsked, serviceAccount?: { namespace: string; name: string }) {
    this.authorize = authorize;
    this.ask = (question) => authorize(question, serviceAccount);
    this.requestResource = new ResourceCheck(this, requestResource);
  }

  as(namespace: string, name: string): Authorizer {
    return new Authorizer(this.authorize, this.requestResource.asked, { namespace, name });
  }
}

class ResourceCheck {
  readonly authorizer: Authorizer;
  readonly asked: ResourceAsked;

  constructor(authorizer: Authorizer, asked: ResourceAsked) {
    this.authorizer = authorizer;
    this.asked = asked;
  }

  with(part: Partial<ResourceAsked>): ResourceCheck {
    return new ResourceCheck(this.authorizer, { ...this.asked, ...part });
  }
}

class GroupCheck {
  readonly authorizer: Authorizer;
  readonly group: string;

  constructor(authorizer: Authorizer, group: string) {
    this.authorizer = authorizer;
    this.group = group;
  }
}

class PathCheck {
  readonly authorizer: Authorizer;
  readonly path: string;

  constructor(authorizer: Authorizer, path: string) {
    this.authorizer = authorizer;
    this.path = path;
  }
}

class Decision {
  readonly answer: AccessAnswer;

  constructor(answer: AccessAnswer) {
    this.answer = answer;
  }
}

export const authorizerType = 'kubernetes.authorization.Authorizer';

export function registerAuthorizer(env: Environment): void {
  const [group, path, resource] = ['GroupCheck', 'PathCheck', 'ResourceCheck'].map((name) => `kubernetes.authorization.${name}`);
  const decision = 'kubernetes.authorization.Decision';
  const sync = { async: false };
  const nothing = { subresource: '', namespace: '', name: '' };
  env
    .registerType(`${resource}`, { ctor: ResourceCheck })
    .registerType(`${group}`, { ctor: GroupCheck })
    .registerType(`${path}`, { ctor: PathCheck })
    .registerType(decision, { ctor: Decision })
    .registerType(authorizerType, { ctor: Authorizer, fields: { requestResource: `${resource}` } })
    .registerFunction(
      `${authorizerType}.serviceAccount(string, string): ${authorizerType}`,
      (authorizer: Authorizer, namespace: string, name: string) => authorizer.as(namespace, name),
      sync,
    )
    .registerFunction(`${authorizerType}.path(string): ${path}`, (a: Authorizer, text: string) => new PathCheck(a, text), sync)
    .registerFunction(`${authorizerType}.group(string): ${group}`, (a: Authorizer, name: string) => new GroupCheck(a, name), sync)
    .registerFunction(
      `${group}.resource(string): ${resource}`,
      (check: GroupCheck, name: string) => new ResourceCheck(check.authorizer, { ...nothing, group: check.group, resource: name }),
      sync,
    )
    .registerFunction(
      `${path}.check(string): ${decision}`,
      ({ authorizer, path }: PathCheck, verb: string) => new Decision(authorizer.ask({ path, verb })),
      sync,
    )
    .registerFunction(
      `${resource}.check(string): ${decision}`,
      ({ authorizer, asked }: ResourceCheck, verb: string) => new Decision(authorizer.ask({ ...asked, verb })),
      sync,
    )
    .registerFunction(`${decision}.allowed(): bool`, ({ answer }: Decision) => answer.allowed, sync)
    .registerFunction(`${decision}.reason(): string`, ({ answer }: Decision) => answer.reason, sync)
    .registerFunction(`${decision}.errored(): bool`, ({ answer }: Decision) => answer.error !== undefined, sync)
    .registerFunction(`${decision}.error(): string`, ({ answer }: Decision) => answer.error ?? '', sync);
  for (const part of ['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'])
    env.registerFunction(`${resource}.${part}(string): ${resource}`, (c: ResourceCheck, text: string) => c.with({ [part]: text }), sync);
}
