import { describe, expect, it } from 'vitest';
import { runCli } from './runCli.ts';

describe('summary', () => {
  it('works every size out', async () => {
    const { code, stdout } = await runCli(['summary', 'notes']);
    expect(code).toBe(0);
    expect(stdout).toContain('⌊(28 − 5 + 2·0)/1⌋ + 1 = 24');
    expect(stdout).toContain('32,998 parameters');
  });

  it('is one JSON object with --json', async () => {
    const { events } = await runCli(['summary', 'NotesCnn', '--json']);
    expect(events()).toHaveLength(1);
    expect(events()[0]).toMatchObject({ model: 'NotesCnn', inputShape: [1, 1, 28, 28], totalParameters: 32_998 });
  });
});

describe('backends', () => {
  it('says of each whether it is there, and why not', async () => {
    const { code, events } = await runCli(['backends', '--json']);
    expect(code).toBe(0);
    const byName = Object.fromEntries(events().map((report) => [report.name, report]));
    expect(Object.keys(byName)).toEqual(expect.arrayContaining(['webgpu', 'simd', 'cpu']));
    for (const { available, device, reason } of events()) {
      expect(available ? device : reason).not.toBe('');
    }
    expect(byName.cpu!.available).toBe(true);
  });
});

describe('data', () => {
  it('lists sizes, licences and folders', async () => {
    const { code, stdout } = await runCli(['data', 'list']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fashion-mnist +\w+ +55\.0 MB +30\.9 MB +MIT +\//m);
  });

  it('verifies what is on this machine against the published checksums', async () => {
    const { code, events } = await runCli(['data', 'verify', 'fashion-mnist', '--json']);
    expect(code).toBe(0);
    const [verification] = events();
    expect(verification).toMatchObject({ event: 'verification', dataset: 'fashion-mnist', isWhole: true });
    expect(verification!.files).toHaveLength(4);
  });
});

describe('--help', () => {
  it.each(
    [
      [],
      ['demo'],
      ['train'],
      ['evaluate'],
      ['feature-maps'],
      ['summary'],
      ['backends'],
      ['data'],
      ['data', 'list'],
      ['data', 'fetch'],
      ['data', 'verify'],
    ].map((command) => [command]),
  )('of %j', async (command) => {
    const { code, stdout, stderr } = await runCli([...command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: flambeau${command.map((word) => ` ${word}`).join('')}`);
    expect(stderr).toBe('');
  });
});
