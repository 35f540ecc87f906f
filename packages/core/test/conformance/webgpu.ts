import { existsSync } from 'node:fs';
import { createBackend } from '../../src/backend/createBackend.ts';

/** Debian's Chromium brings SwiftShader, a Vulkan driver in software: WebGPU without a GPU. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Empty where WebGPU works here, on a GPU or in software; else why it does not, which is also printed. */
export async function webgpuOrReason(): Promise<string> {
  if (process.env.VK_ICD_FILENAMES === undefined && existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES = SWIFTSHADER;
  try {
    await createBackend('webgpu');
    return '';
  } catch (error) {
    // On the machines that decide whether a change lands, a missing part must not pass for a green one.
    if (process.env.FLAMBEAU_REQUIRE_WEBGPU === '1') throw error;
    const reason = `webgpu is skipped: ${(error as Error).message} (on Debian: apt-get install chromium-common libvulkan1)`;
    process.stderr.write(`${reason}\n`);
    return reason;
  }
}
