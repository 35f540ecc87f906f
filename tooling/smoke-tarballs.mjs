// Installs the packed packages, as a user would, into an empty folder and trains with them in plain Node, as ES modules
// and as CommonJS: what passes from source can still be broken in the tarball.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'flambeau-smoke-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

const program = `
const backend = await createBackend('simd');
setDefaultBackend(backend);
const { train, source } = await loadFashionMnist({ download: false, limit: 600, dataDir: undefined });
manualSeed(0);
const model = new NotesCnn();
const trainer = new Trainer({ model, optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }) });
const history = await trainer.fit(new data.DataLoader(train, { batchSize: 100, shuffle: true }), { epochs: 4 });
const [first, last] = [history[0].trainLoss, history.at(-1).trainLoss];
if (!(last < first)) throw new Error('the loss did not fall: ' + first + ' to ' + last);
const { layers } = await featureMaps(model, train.get(0)[0]);
const png = await svgToPng(featureMapSheet(layers[0]));
if (png.length < 1000 || png[1] !== 0x50) throw new Error('no PNG of the feature maps');
console.log(format + ': ' + backend + ', ' + train.length + ' images (' + source.kind + '), loss ' + first.toFixed(3) + ' to ' + last.toFixed(3));
`;
const names = {
  '@flambeau/core': 'createBackend, data, manualSeed, optim, setDefaultBackend, Trainer',
  '@flambeau/datasets/node': 'loadFashionMnist',
  '@flambeau/vision': 'featureMaps, featureMapSheet, NotesCnn',
  '@flambeau/vision/node': 'svgToPng',
};
const imports = Object.entries(names).map(([from, what]) => `import { ${what} } from '${from}';`);
const requires = Object.entries(names).map(([from, what]) => `const { ${what} } = require('${from}');`);

try {
  const dependencies = { '@tensorflow/tfjs-core': '4.22.0' };
  for (const name of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    run('pnpm', ['pack', '--pack-destination', folder], join(root, 'packages', name));
    dependencies[manifest.name] = `file:${join(folder, `flambeau-${name}-${manifest.version}.tgz`)}`;
  }
  const project = join(folder, 'project');
  mkdirSync(project);
  const overrides = Object.fromEntries(Object.keys(dependencies).map((name) => [name, `$${name}`]));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  writeFileSync(join(project, 'esm.mjs'), [...imports, "const format = 'ESM';", program].join('\n'));
  writeFileSync(
    join(project, 'cjs.cjs'),
    [...requires, "const format = 'CommonJS';", `(async () => {${program}})();`].join('\n'),
  );
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project);
  for (const file of ['esm.mjs', 'cjs.cjs']) process.stdout.write(run(process.execPath, [file], project));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
