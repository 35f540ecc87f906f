/** Jasmine 3.99 has no types of its own for these two files, and tfjs-core's test list has none at all. */
declare module 'jasmine-core/lib/jasmine-core/jasmine.js' {
  const jasmineRequire: unknown;
  export default jasmineRequire;
}
declare module 'jasmine-core/lib/jasmine-core/node_boot.js' {
  interface Spec {
    status: string;
    fullName: string;
    failedExpectations: { message: string }[];
  }
  interface Environment {
    configure(options: { random: boolean }): void;
    addReporter(reporter: { specDone(spec: Spec): void; jasmineDone(): void }): void;
    execute(): void;
  }
  const boot: (jasmineRequire: unknown) => { getEnv(): Environment };
  export default boot;
}
declare module '@tensorflow/tfjs-core/dist/tests';
