import { normalizeString } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

// What the tutorial's Python gives.
describe('normalizeString', () => {
  it.each([
    ['Go.', 'go', 'go .'],
    ['Va !', 'va !', 'va !'],
    ['Où êtes-vous ?', 'ou etes vous ?', 'ou etes vous ?'],
    ["J'ai 19 ans.", 'j ai ans', 'j ai ans .'],
    ['Ça alors !', 'ca alors !', 'ca alors !'],
    ['Quoi ?!', 'quoi ? !', 'quoi ? !'],
    ["I'm OK...", 'i m ok', 'i m ok . . .'],
    ['À bientôt, Noël !', 'a bientot noel !', 'a bientot noel !'],
    ['Cœur', 'c ur', 'c ur'],
    ['  ÅNGSTRÖM\u0301  ', 'angstrom', 'angstrom'],
    ['1 234', '', ''],
  ])('turns %j into %j, with periods %j', (sentence, expected, withPeriods) => {
    expect(normalizeString(sentence)).toBe(expected);
    expect(normalizeString(sentence, { keepPeriod: true })).toBe(withPeriods);
  });
});
