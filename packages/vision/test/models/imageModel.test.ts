import { beforeAll, describe, expect, it } from 'vitest';
import { imageModels, modelOfStateDict } from '../../src/models/imageModel.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

describe('modelOfStateDict', () => {
  // In evaluation the dropout variant is the plain network, and so are its keys.
  const sameKeys: Readonly<Record<string, string>> = { NotesDropoutCnn: 'NotesCnn' };
  it.each([...imageModels.keys()])('knows %s by its keys alone, as PyTorch writes them', async (name) => {
    const keys = Object.keys(await imageModels.get(name)!.create().stateDict());
    expect(modelOfStateDict(keys).name).toBe(sameKeys[name] ?? name);
  });

  it('takes the metadata for it where there are any', () => {
    for (const name of imageModels.keys()) expect(modelOfStateDict([], new Map([['model', name]])).name).toBe(name);
  });

  it('refuses what it does not know, by name', () => {
    expect(() => modelOfStateDict([], new Map([['model', 'ResNet']]))).toThrow(
      "the checkpoint is of the model 'ResNet', expected one of NotesCnn, NotesBnCnn, NotesDropoutCnn, ResidualCnn",
    );
    expect(() => modelOfStateDict(['a.weight', 'b.weight'])).toThrow('its keys are "a.weight", "b.weight"');
  });
});
