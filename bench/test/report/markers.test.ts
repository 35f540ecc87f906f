import { expect, test } from 'vitest';
import { replaceBetweenMarkers } from '../../src/report/markers.ts';

const document = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';

test('only what stands between the markers changes, and it can be done again', () => {
  const once = replaceBetweenMarkers(document, 'new\n');
  expect(once).toBe('before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n');
  expect(replaceBetweenMarkers(once, 'new\n')).toBe(once);
});

test('a document without the markers, or with more of them, is refused', () => {
  expect(() => replaceBetweenMarkers('nothing', 'x')).toThrow('once each, in this order');
  expect(() => replaceBetweenMarkers(document + document, 'x')).toThrow('once each, in this order');
  expect(() => replaceBetweenMarkers('<!-- bench:end --> <!-- bench:begin -->', 'x')).toThrow('once each');
});
