/**
 * The keys of the outermost object of a JSON text, in the order in which they stand there.
 *
 * `JSON.parse` silently keeps the last of two equal keys and moves keys that look like numbers to the front; where names
 * must be unique and ordered, this looks at the text itself.
 *
 * @param text JSON that `JSON.parse` has accepted, with an object outermost.
 * @param onDuplicate is called with the first key that stands twice in one object, at any depth.
 */
export function outermostKeys(text: string, onDuplicate: (key: string) => never): string[] {
  const outermost: string[] = [];
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b: // {
        open.push(new Set());
        break;
      case 0x5b: // [
        open.push(undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x22: {
        const end = stringEnd(text, i);
        const keys = open.at(-1);
        if (keys !== undefined && isFollowedByColon(text, end)) {
          const key: string = JSON.parse(text.slice(i, end));
          if (keys.has(key)) onDuplicate(key);
          keys.add(key);
          if (open.length === 1) outermost.push(key);
        }
        i = end - 1;
        break;
      }
    }
  }
  return outermost;
}

/** The index after the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  for (let code = text.charCodeAt(i); code !== 0x22; code = text.charCodeAt(i)) i += code === 0x5c ? 2 : 1;
  return i + 1;
}

function isFollowedByColon(text: string, index: number): boolean {
  let i = index;
  for (let code = text.charCodeAt(i); code === 0x20 || (code >= 9 && code <= 13); code = text.charCodeAt(i)) i++;
  return text.charCodeAt(i) === 0x3a;
}
