/** Changes an optimizer's learning rate over time. */
export interface Scheduler {
  /** Moves on by one step: an epoch or a batch, as the scheduler's page says. */
  step(): void;
  /** What it remembers, as plain numbers. */
  stateDict(): Record<string, number>;
  loadStateDict(state: Record<string, number>): void;
}
