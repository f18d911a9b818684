import { controlType, type Frame, flag, headLength, version } from './frame.ts';

/** A frame as it goes onto the wire. */
export function encodeFrame(frame: Frame): Buffer {
  switch (frame.type) {
    case 'data':
      return dataFrame(frame.streamId, frame.fin, frame.data);
    case 'synStream':
      return control(
        controlType.synStream,
        (frame.fin ? flag.fin : 0) | (frame.unidirectional ? flag.unidirectional : 0),
        words(frame.streamId, frame.associatedId),
        Buffer.from([frame.priority << 5, 0]),
        frame.block,
      );
    case 'synReply':
    case 'headers':
      return control(controlType[frame.type], frame.fin ? flag.fin : 0, words(frame.streamId), frame.block);
    case 'rstStream':
      return control(controlType.rstStream, 0, words(frame.streamId, frame.status));
    case 'settings':
      return control(controlType.settings, 0, words(frame.settings.length, ...frame.settings.flatMap(({ id, value }) => [id, value])));
    case 'ping':
      return control(controlType.ping, 0, words(frame.id));
    case 'goAway':
      return control(controlType.goAway, 0, words(frame.lastStreamId, frame.status));
    case 'windowUpdate':
      return control(controlType.windowUpdate, 0, words(frame.streamId, frame.delta));
  }
}

function dataFrame(streamId: number, fin: boolean, data: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headLength + data.length);
  frame.writeUInt32BE(streamId, 0);
  frame.writeUInt32BE(data.length, 4);
  frame[4] = fin ? flag.fin : 0;
  data.copy(frame, headLength);
  return frame;
}

function control(type: number, flags: number, ...payload: Buffer[]): Buffer {
  const body = Buffer.concat(payload);
  const head = Buffer.allocUnsafe(headLength);
  head.writeUInt16BE(0x8000 | version, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(body.length, 4);
  head[4] = flags;
  return Buffer.concat([head, body]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
}
