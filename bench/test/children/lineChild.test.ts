import { describe, expect, test } from 'vitest';
import { LineChild } from '../../src/children/lineChild.ts';

const node = (program: string) => new LineChild('the child', { command: process.execPath, args: ['-e', program] });

describe('a child that speaks in lines of JSON', () => {
  test('answers, and ends when it is closed', async () => {
    const child = node(`
      require('node:readline').createInterface({ input: process.stdin })
        .on('line', (line) => console.log(JSON.stringify({ twice: 2 * JSON.parse(line).x })));
    `);
    expect(await child.ask({ x: 4 })).toEqual({ twice: 8 });
    expect(await child.ask({ x: 5 })).toEqual({ twice: 10 });
    await child.close();
    expect(await child.next()).toBeUndefined();
  });

  test("a library's chatter is passed over", async () => {
    const child = node(`console.log('Hi there'); console.log('{"x":1}')`);
    expect(await child.next()).toEqual({ x: 1 });
    expect(await child.next()).toBeUndefined();
  });

  test('one that fails says what it said, and does not hang', async () => {
    const child = node(`console.error('no such op'); process.exit(3)`);
    await expect(child.ask({})).rejects.toThrow(/the child ended with code 3: no such op/);
  });

  test('one that ends without an answer is an error', async () => {
    await expect(node('').ask({})).rejects.toThrow('the child ended without an answer');
  });

  test('a program that is not there is an error that names it', async () => {
    const child = new LineChild('PyTorch', { command: 'no-such-python', args: [] });
    await expect(child.next()).rejects.toThrow(/PyTorch ended with code 1: .*no-such-python/);
    await child.kill();
  });

  test('one that would never end can be killed', async () => {
    const child = node('setInterval(() => {}, 1000)');
    await child.kill();
    await expect(child.next()).rejects.toThrow('the child ended with code 1');
  });
});
