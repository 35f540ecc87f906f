import { constants } from 'node:os';
import { InterruptedError } from './failure.ts';

/**
 * Turns the first Ctrl-C (or a polite kill) into an aborted signal, so that the work can save what it has; a second one
 * ends the process at once, as it does without this.
 */
export function onInterrupt(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const listen = (name: 'SIGINT' | 'SIGTERM') => {
    release();
    controller.abort(new InterruptedError('interrupted', 128 + constants.signals[name]));
  };
  const release = () => {
    process.off('SIGINT', listen);
    process.off('SIGTERM', listen);
  };
  process.on('SIGINT', listen);
  process.on('SIGTERM', listen);
  return { signal: controller.signal, release };
}
