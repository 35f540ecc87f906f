import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackend, manualSeed, nn, setDefaultBackend, toHost } from '@flambeau/core';
import { loadSafetensors, saveSafetensors } from '@flambeau/core/node';

setDefaultBackend(await createBackend('simd'));
const makeNet = () => new nn.Sequential(new nn.Conv2d(1, 6, 5), new nn.ReLU(), new nn.Flatten(), new nn.Linear(96, 10));
const file = join(await mkdtemp(join(tmpdir(), 'flambeau-')), 'net.safetensors');

manualSeed(0);
const net = makeNet(); // the very weights of torch.manual_seed(0); nn.Sequential(nn.Conv2d(1, 6, 5), …)
await saveSafetensors(file, Object.entries(await net.stateDict()));

const other = makeNet();
const { tensors } = await loadSafetensors(file); // as well a file that safetensors.torch.save_file wrote
other.loadStateDict(tensors); // strict: every key and shape must fit, or nothing is changed
await other.to(await createBackend('cpu'));

console.log([...tensors.keys()], other.backend.name, (await toHost(other.parameters()[0])).data[0]);
