import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A child process that is asked, and answers, in lines of JSON. */
export class LineChild {
  private readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly lines: AsyncIterator<string>;
  private readonly name: string;
  private readonly exited: Promise<number>;
  private errors = '';

  /** @param name - what to call it in messages. */
  constructor(name: string, { command, args, env = {}, cwd }: ChildCommand) {
    this.name = name;
    this.process = spawn(command, [...args], { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    // A child that has died is noticed by the line that does not come, with what it said.
    this.process.stdin.on('error', () => {});
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        this.errors += error.message;
        resolve(1);
      });
      this.process.once('close', (code) => resolve(code ?? 1));
    });
  }

  send(message: object): void {
    this.process.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** The next line; undefined when the child has ended well. */
  async next<T>(): Promise<T | undefined> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) break;
      // What is no object is some library's chatter.
      if (value.startsWith('{')) return JSON.parse(value) as T;
    }
    const code = await this.exited;
    if (code === 0) return undefined;
    throw new Error(`${this.name} ended with code ${code}: ${this.errors.trim() || 'it said nothing'}`);
  }

  /** Sends a message and gives the answer. */
  async ask<T>(message: object): Promise<T> {
    this.send(message);
    const answer = await this.next<T>();
    if (answer === undefined) throw new Error(`${this.name} ended without an answer: ${this.errors.trim()}`);
    return answer;
  }

  /** Lets the child come to its end. */
  async close(): Promise<void> {
    this.process.stdin.end();
    await this.exited;
  }

  /** Ends it now, wherever it is. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    if (this.process.exitCode === null && this.process.signalCode === null && this.process.pid) {
      await once(this.process, 'exit');
    }
  }
}
