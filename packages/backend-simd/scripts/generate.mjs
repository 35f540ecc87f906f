// Compiles assembly/ into src/wasm/kernels.generated.ts: the binaries as base64 (files of their own would have to be found at
// run time by every bundler and runner) and the types of what they export. A memory that threads share has to be imported as such:
// that is a binary of its own, and so is one with fused multiply-adds. And src/threads/worker.ts into src/threads/worker.generated.ts, a string.
// Skips what hasn't changed since.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const version = (name) => require(`${name}/package.json`).version;
const assembly = readdirSync(join(root, 'assembly'))
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .map((name) => `assembly/${name}`);

const SHARED = ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'];
const RELAXED = ['--enable', 'relaxed-simd'];

await generate('src/wasm/kernels.generated.ts', ['assemblyscript', ...assembly], async () => {
  const declarations = exportedFunctions();
  const plain = await compile([]);
  const shared = await compile(SHARED);
  const relaxed = await compile(RELAXED);
  const relaxedShared = await compile([...SHARED, ...RELAXED]);
  const sharedTail = alikeAtTheEnd(plain, shared);
  const relaxedTail = alikeAtTheEnd(relaxed, relaxedShared);
  return (
    `/** What the compiled kernels export. Pointers are byte offsets into the memory they were instantiated with. */\n` +
    `export interface KernelExports {\n${declarations.join('\n')}\n}\n\n` +
    `/** The binary for a memory of one thread. */\n` +
    `export const kernelsBase64 =\n  '${base64(plain)}';\n\n` +
    `/** How the binary for a memory that threads share begins; it ends with the same bytes, so many of them. */\n` +
    `export const sharedHeadBase64 =\n  '${base64(shared.subarray(0, shared.length - sharedTail))}';\n` +
    `export const sharedTailBytes = ${sharedTail};\n\n` +
    `/** The same two with fused multiply-adds (relaxed SIMD). */\n` +
    `export const relaxedBase64 =\n  '${base64(relaxed)}';\n` +
    `export const relaxedSharedHeadBase64 =\n  '${base64(relaxedShared.subarray(0, relaxedShared.length - relaxedTail))}';\n` +
    `export const relaxedSharedTailBytes = ${relaxedTail};\n`
  );
});

await generate(
  'src/threads/worker.generated.ts',
  ['esbuild', 'src/threads/control.ts', 'src/threads/worker.ts'],
  async () => {
    const { build } = await import('esbuild');
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: ['src/threads/worker.ts'],
      bundle: true,
      format: 'iife',
      minify: true,
      target: 'es2022',
      write: false,
    });
    return `/** The script of a worker. */\nexport const workerSource =\n  ${JSON.stringify(outputFiles[0].text.trim())};\n`;
  },
);

/** Writes a file unless it has been made from these very packages, files and this script. */
async function generate(path, sources, make) {
  const target = join(root, path);
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of sources)
    hash.update(name).update(name.includes('/') ? readFileSync(join(root, name)) : version(name));
  const stamp = `// ${hash.digest('hex')}\n`;
  try {
    if (readFileSync(target, 'utf8').startsWith(stamp)) return;
  } catch {
    // There is none yet.
  }
  // Under another name first: a test run that starts meanwhile never sees half a file.
  const unfinished = `${target}.${process.pid}`;
  writeFileSync(unfinished, `${stamp}// Made by scripts/generate.mjs; not to be edited.\n\n${await make()}`);
  renameSync(unfinished, target);
}

async function compile(flags) {
  const { default: asc } = await import('assemblyscript/asc');
  const files = {};
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      ...['--baseDir', root, '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub'],
      ...['--enable', 'simd', '--importMemory', '--noExportMemory', ...flags],
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
  // Node 20 reads relaxed SIMD only with this flag; later ones don't know it.
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const parts = WebAssembly.Module.exports(new WebAssembly.Module(binary));
  const odd = parts.filter((part) => part.kind !== 'function');
  if (odd.length > 0) throw new Error(`the kernels may export functions only, not ${odd[0].name}`);
  return binary;
}

/** How many bytes at the end of two binaries are the same. */
function alikeAtTheEnd(a, b) {
  let alike = 0;
  while (a.at(-1 - alike) === b.at(-1 - alike)) alike++;
  return alike;
}

function base64(bytes) {
  return Buffer.from(bytes).toString('base64');
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
