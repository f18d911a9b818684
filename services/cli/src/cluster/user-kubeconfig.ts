/** The kubeconfig of the person who runs `up`, also under sudo: a context `t8s` in it, and nothing else changed. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { loadKubeconfig } from '@t8s/component';
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { contextName } from './cluster.ts';
import { SetupError } from './setup-error.ts';

export interface Person {
  file: string;
  /** Whom the file belongs to; absent: whoever runs this. */
  owner?: { uid: number; gid: number };
}

const userName = `${contextName}-admin`;
const lists = { clusters: contextName, users: userName, contexts: contextName } as const;

/** Whose kubeconfig it is: under sudo that of the user before. */
export function invokingPerson(env: NodeJS.ProcessEnv = process.env, passwd = '/etc/passwd'): Person {
  const explicit = env.KUBECONFIG?.split(delimiter).find(Boolean);
  const uid = Number(env.SUDO_UID ?? '0');
  const entry = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === env.SUDO_UID);
  const home = env.SUDO_UID === undefined ? (env.HOME ?? homedir()) : (entry?.[5] ?? homedir());
  return {
    file: explicit ?? join(home, '.kube', 'config'),
    ...(uid > 0 && { owner: { uid, gid: Number(env.SUDO_GID ?? uid) } }),
  };
}

/** Puts the context of `adminConfig` into the person's file and makes it the current one. */
export function mergeContext(person: Person, adminConfig: string): void {
  const admin = loadKubeconfig(adminConfig);
  const document = read(person.file);
  const { cluster } = admin.clusters[0] ?? {};
  const { user } = admin.users[0] ?? {};
  upsert(document, 'clusters', { name: contextName, cluster });
  upsert(document, 'users', { name: userName, user });
  upsert(document, 'contexts', { name: contextName, context: { cluster: contextName, user: userName } });
  document.set('current-context', contextName);
  write(person, document);
}

/** Takes the context out again; a file that holds nothing else goes with it. Nothing happens where there is none. */
export function removeContext(person: Person): void {
  if (!existsSync(person.file)) return;
  const document = read(person.file);
  let isChanged = false;
  for (const [list, name] of Object.entries(lists)) isChanged = remove(document, list, name) || isChanged;
  if (!isChanged) return;
  if (document.get('current-context') === contextName) document.set('current-context', '');
  const isEmpty = Object.keys(lists).every((list) => (document.toJS() as Record<string, unknown[]>)[list]?.length === 0);
  if (!isEmpty) {
    write(person, document);
    return;
  }
  rmSync(person.file);
  if (readdirSync(dirname(person.file)).length === 0) rmdirSync(dirname(person.file));
}

function read(file: string): Document {
  const empty = 'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\ncurrent-context:\n';
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const document = parseDocument(text.trim() === '' ? empty : text);
  if (document.errors[0] || !isMap(document.contents))
    throw new SetupError({
      what: `kubeconfig ${file}`,
      why: document.errors[0]?.message.split('\n')[0] ?? 'is not a mapping',
      remedy: 'mend it or move it away, then run this again',
    });
  return document;
}

function upsert(document: Document, list: string, entry: { name: string; [key: string]: unknown }): void {
  remove(document, list, entry.name);
  const present = document.get(list);
  const node = document.createNode(entry);
  if (isSeq(present)) {
    present.flow = false;
    present.add(node);
  } else document.set(list, document.createNode([entry]));
}

function remove(document: Document, list: string, name: string): boolean {
  const present = document.get(list);
  if (!isSeq(present)) return false;
  const before = present.items.length;
  present.items = present.items.filter((item) => !(isMap(item) && item.get('name') === name));
  return present.items.length < before;
}

/** Whole or not at all, and the person's own. */
function write({ file, owner }: Person, document: Document): void {
  const dir = dirname(file);
  const isNewDir = mkdirSync(dir, { recursive: true, mode: 0o750 }) !== undefined;
  writeFileSync(`${file}.t8s`, document.toString({ lineWidth: 0 }), { mode: 0o600 });
  const kept = existsSync(file) ? statSync(file) : undefined;
  const [uid, gid] = kept ? [kept.uid, kept.gid] : [owner?.uid, owner?.gid];
  if (uid !== undefined && gid !== undefined) chownSync(`${file}.t8s`, uid, gid);
  if (isNewDir && owner) chownSync(dir, owner.uid, owner.gid);
  renameSync(`${file}.t8s`, file);
}
