import { expect, it } from 'vitest';
import { element, picture, textElement } from '../../src/plots/svg.ts';

it('escapes text and attributes, and leaves out what is undefined', () => {
  expect(textElement('text', { x: 1, fill: undefined }, 'a < b & "c"')).toBe(
    '<text x="1">a &lt; b &amp; &quot;c&quot;</text>',
  );
  expect(element('rect', { 'data-name': '<x>' })).toBe('<rect data-name="&lt;x&gt;"/>');
});

it('writes coordinates to a hundredth of a pixel', () => {
  expect(element('line', { x1: 1 / 3 })).toBe('<line x1="0.33"/>');
});

it('makes a picture that assistive technology can read, with a background of its own', () => {
  const svg = picture({ width: 10, height: 5, title: 'A & B', description: 'What is seen.' });
  expect(svg).toContain('role="img"');
  expect(svg).toContain('<title>A &amp; B</title><desc>What is seen.</desc>');
  expect(svg).toContain('<rect width="10" height="5" rx="8" fill="#ffffff"/>');
});
