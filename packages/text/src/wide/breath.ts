/** Lets timers and signals have their turn. */
export const breath = () => new Promise<void>((resolve) => setTimeout(resolve));
