import type { ImageSpec } from './container-messages.ts';

export interface Image {
  id: string;
  repoTags: string[];
  repoDigests: string[];
  /** Bytes. */
  size: number;
  /** The image's user, as a number or as a name. */
  uid?: { value: number } | null;
  username: string;
  spec?: ImageSpec | null;
  pinned: boolean;
}

export interface AuthConfig {
  username?: string;
  password?: string;
  auth?: string;
  serverAddress?: string;
  identityToken?: string;
  registryToken?: string;
}

export interface FilesystemUsage {
  timestamp: number;
  fsId?: { mountpoint: string } | null;
  usedBytes?: { value: number } | null;
  inodesUsed?: { value: number } | null;
}
