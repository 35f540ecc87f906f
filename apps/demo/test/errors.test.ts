import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli, scratchFolder } from './runCli.ts';

const scratch = scratchFolder();
const train = (...args: string[]) => ['train', 'fashion-mnist', '--offline', ...args];

describe('bad input is refused with one sentence, a non-zero exit and no stack', () => {
  it.each([
    ['a learning rate that is no number', train('--lr', 'banana'), /--lr <x>.*banana.*above 0/],
    ['a learning rate that begins like one', train('--lr', '0.01x'), /--lr/],
    ['a negative number of epochs', train('--epochs', '-1'), /--epochs/],
    ['half an epoch', train('--epochs', '1.5'), /--epochs <n>.*whole number/],
    ['an unknown recipe', train('--recipe', 'nope'), /no recipe 'nope', expected one of notes, notes-bn/],
    ['an unknown backend', train('--backend', 'warp'), /unknown backend 'warp'/],
    ['an unknown option', train('--epoch', '3'), /unknown option '--epoch'/],
    ['an unknown command', ['fly'], /unknown command 'fly'/],
    ['a task that there is not', ['train', 'imagenet'], /Expected fashion-mnist, .*imdb/],
    ['resuming what is no run', train('--resume', 'x'), /x holds no run: there is no config\.json/],
    ['a data folder that is none', train('--data-dir', '/nowhere'), /\/nowhere is not a folder/],
    ['a checkpoint that is not there', ['evaluate', '/nowhere.safetensors'], /there is no such file/],
    ['a model that is not there', ['summary', 'nope'], /no model 'nope', expected one of notes, notes-bn/],
    ['a data set that is not there', ['data', 'verify', 'nope'], /nope/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });

  it('a checkpoint whose header lies about its length', async () => {
    const path = scratch.path('evil.safetensors');
    await writeFile(path, Buffer.concat([Buffer.from('ffffffffffffff7f', 'hex'), Buffer.from('{}')]));
    const { code, stderr } = await runCli(['evaluate', path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`flambeau: ${path}: `);
  });

  it('shows the stack with --verbose', async () => {
    const { stderr } = await runCli(['evaluate', '/nowhere.safetensors', '--verbose']);
    expect(stderr).toMatch(/\n\s+at /);
  });
});
