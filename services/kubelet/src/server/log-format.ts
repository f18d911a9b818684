/** One line of a container's log file: Docker's JSON or the CRI's text. */
export interface LogEntry {
  /** RFC 3339 with nanoseconds, as the runtime wrote it. */
  time: string;
  stream: 'stdout' | 'stderr';
  /** With its line break, unless the runtime cut the line. */
  text: string;
}

/** undefined where the line is neither (a file being written holds half a line at its end). */
export function parseLogLine(line: string): LogEntry | undefined {
  if (line.startsWith('{')) {
    try {
      const { log, stream, time } = JSON.parse(line) as { log?: string; stream?: LogEntry['stream']; time?: string };
      return { time: time ?? '', stream: stream ?? 'stdout', text: log ?? '' };
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
  const match = /^(\S+) (stdout|stderr) ([FP]\S*) (.*)$/s.exec(line);
  if (!match) return undefined;
  const [, time = '', stream, tag = '', text = ''] = match;
  return { time, stream: stream as LogEntry['stream'], text: tag.startsWith('P') ? text : `${text}\n` };
}
