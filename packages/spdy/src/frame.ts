/** The frames of SPDY/3.1: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/ */
export const version = 3;

/** Length of what stands before each frame's payload. */
export const headLength = 8;

export const controlType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const flag = { fin: 1, unidirectional: 2 } as const;

export const setting = { maxConcurrentStreams: 4, initialWindowSize: 7 } as const;

export interface Setting {
  id: number;
  value: number;
}

/** `block`: compressed headers. Stream 0 is the session itself. */
export type Frame =
  | { type: 'synStream'; streamId: number; associatedId: number; priority: number; fin: boolean; unidirectional: boolean; block: Buffer }
  | { type: 'synReply'; streamId: number; fin: boolean; block: Buffer }
  | { type: 'headers'; streamId: number; fin: boolean; block: Buffer }
  | { type: 'rstStream'; streamId: number; status: number }
  | { type: 'settings'; settings: Setting[] }
  | { type: 'ping'; id: number }
  | { type: 'goAway'; lastStreamId: number; status: number }
  | { type: 'windowUpdate'; streamId: number; delta: number }
  /** Of a long frame this may be a part: `fin` comes with the last. */
  | { type: 'data'; streamId: number; fin: boolean; data: Buffer };
