import type { DownloadProgress, OnProgress } from '@flambeau/datasets/node';
import { bytes } from '../console/amounts.ts';
import type { Output } from '../console/output.ts';
import { type ProgressBar, startProgressBar } from '../console/progressBar.ts';

/** Shows a download: a bar for each file on a terminal, a line for each elsewhere. */
export function downloadBar(output: Output): { onProgress: OnProgress; stop(): void } {
  let bar: ProgressBar | undefined;
  let current = '';
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    stop,
    onProgress: ({ phase, file = '', dataset, receivedBytes = 0, totalBytes }: DownloadProgress) => {
      const key = `${phase} ${file}`;
      if (key !== current) {
        stop();
        current = key;
        // Said on a terminal only: elsewhere what was read stands in a line of its own.
        if (phase === 'read' && output.animated && totalBytes) {
          bar = startProgressBar(output, { label: `reading ${file}`, total: totalBytes, amount: bytes });
        }
        if (phase === 'wait') output.say(`another process is fetching ${dataset}: waiting for it`);
        if (phase === 'download') {
          if (output.animated && totalBytes) {
            bar = startProgressBar(output, { label: `fetching ${file}`, total: totalBytes, amount: bytes });
          } else output.say(`fetching ${file}${totalBytes ? ` (${bytes(totalBytes)})` : ''}`);
        }
      }
      bar?.update(receivedBytes);
    },
  };
}
