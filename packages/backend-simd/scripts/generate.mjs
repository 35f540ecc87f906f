// Compiles assembly/ into src/wasm/kernels.generated.ts: the binary as base64 (a file of its own would have to be found at
// run time by every bundler and runner) and the types of what it exports. Skips when nothing has changed since.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = readdirSync(join(root, 'assembly'))
  .filter((name) => name.endsWith('.ts'))
  .sort();
const target = join(root, 'src/wasm/kernels.generated.ts');

const compilerVersion = createRequire(import.meta.url)('assemblyscript/package.json').version;
const hash = createHash('sha256')
  .update(compilerVersion)
  .update(readFileSync(fileURLToPath(import.meta.url)));
for (const name of sources) hash.update(name).update(readFileSync(join(root, 'assembly', name)));
const stamp = `// ${hash.digest('hex')}\n`;

if (!isUpToDate()) {
  const declarations = exportedFunctions();
  const binary = await compile();
  // Under another name first: a test run that starts meanwhile never sees half a file.
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(
    unfinished,
    `${stamp}// Made by scripts/generate.mjs from assembly/; not to be edited.\n\n` +
      `/** What the compiled kernels export. Pointers are byte offsets into the memory they were instantiated with. */\n` +
      `export interface KernelExports {\n${declarations.join('\n')}\n}\n\n` +
      `export const kernelsBase64 =\n  '${Buffer.from(binary).toString('base64')}';\n`,
  );
  renameSync(unfinished, target);
}

function isUpToDate() {
  try {
    return readFileSync(target, 'utf8').startsWith(stamp);
  } catch {
    return false;
  }
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  const files = {};
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      ...['--baseDir', root, '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub'],
      ...['--enable', 'simd', '--importMemory', '--noExportMemory'],
      // AS112: vectors can't be handed to JavaScript. They are only handed from one assembly file to another.
      ...['--disableWarning', '112'],
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(base, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        files[name] = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`assembly/ does not compile:\n${stderr.toString()}`);
  const binary = files['kernels.wasm'];
  const parts = WebAssembly.Module.exports(new WebAssembly.Module(binary));
  const odd = parts.filter((part) => part.kind !== 'function');
  if (odd.length > 0) throw new Error(`the kernels may export functions only, not ${odd[0].name}`);
  return binary;
}

/** The TypeScript signature of each function that assembly/index.ts exports. */
function exportedFunctions() {
  const index = readFileSync(join(root, 'assembly/index.ts'), 'utf8');
  const lines = [];
  for (const [, names, file] of index.matchAll(/export \{([^}]*)\} from "\.\/(\w+)"/g)) {
    const text = readFileSync(join(root, 'assembly', `${file}.ts`), 'utf8');
    for (const name of names
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)) {
      const signature = new RegExp(`export function ${name}\\(([^)]*)\\): (\\w+)`).exec(text);
      if (!signature) throw new Error(`assembly/${file}.ts does not define ${name}`);
      const parameters = signature[1]
        .split(',')
        .map((parameter) => parameter.trim())
        .filter(Boolean)
        .map((parameter) => parameter.replace(/: bool$/, ': boolean').replace(/: [iuf](32|64)$|: usize$/, ': number'));
      lines.push(`  ${name}(${parameters.join(', ')}): ${signature[2] === 'void' ? 'void' : 'number'};`);
    }
  }
  return lines;
}
