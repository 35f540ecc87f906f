/** What a download is doing. */
export interface DownloadProgress {
  /**
   * `wait`: another process is filling the cache. `download`: bytes arrive. `verify`: the whole file is hashed. `read`: a
   * large file is parsed, `receivedBytes` of the `totalBytes` on the disk.
   */
  readonly phase: 'wait' | 'download' | 'verify' | 'read';
  /** Name of the data set. */
  readonly dataset: string;
  /** The file's name on the mirror, and its URL; absent while waiting. While reading, its name on the disk. */
  readonly file?: string;
  readonly url?: string;
  /** Bytes of this file so far, those of an earlier attempt included. */
  readonly receivedBytes?: number;
  /** Bytes of the whole file, where the server or the declaration says. */
  readonly totalBytes?: number;
  /** Mean rate of this connection. */
  readonly bytesPerSecond?: number;
}

export type OnProgress = (progress: DownloadProgress) => void;

const reportEveryMs = 100;

/** Counts the bytes of one connection and reports them, ten times a second at most. */
export function meter(
  report: (receivedBytes: number, bytesPerSecond: number) => void,
  startBytes: number,
): { add(bytes: number): void; end(): void } {
  const startedAt = performance.now();
  let reportedAt = Number.NEGATIVE_INFINITY;
  let received = startBytes;
  const tell = (now: number) => {
    reportedAt = now;
    report(received, (received - startBytes) / Math.max((now - startedAt) / 1000, 1e-3));
  };
  return {
    add(bytes) {
      received += bytes;
      const now = performance.now();
      if (now - reportedAt >= reportEveryMs) tell(now);
    },
    end: () => tell(performance.now()),
  };
}
