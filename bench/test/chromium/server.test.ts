import { expect, test } from 'vitest';
import { findChromium } from '../../src/chromium/find.ts';
import { servePage } from '../../src/chromium/server.ts';

test('what it serves may share memory, and what the page sends arrives in order', async () => {
  const page = await servePage({ '/': { type: 'text/html', body: 'hello' } });
  try {
    const response = await fetch(page.url);
    expect(await response.text()).toBe('hello');
    expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
    expect((await fetch(`${page.url}else`)).status).toBe(404);
    for (const body of ['{"a":1}', '{"a":2}']) await fetch(`${page.url}messages`, { method: 'POST', body });
    expect((await page.messages.next()).value).toEqual({ a: 1 });
    expect((await page.messages.next()).value).toEqual({ a: 2 });
  } finally {
    page.close();
  }
});

test('a browser that ends by itself ends the waiting', async () => {
  const page = await servePage({});
  try {
    const waiting = page.messages.next();
    page.fail(new Error('chromium ended with code 1'));
    await expect(waiting).rejects.toThrow('chromium ended with code 1');
  } finally {
    page.close();
  }
});

test('the first Chromium on the PATH is taken; none is undefined', () => {
  expect(findChromium('/opt/chromium')).toBe('/opt/chromium');
  expect(findChromium(undefined, '/nowhere:/nowhere/else')).toBeUndefined();
});
