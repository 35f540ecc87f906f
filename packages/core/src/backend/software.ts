/** Whether a graphics driver computes on the CPU: slower than a CPU backend. */
export const isSoftwareRenderer = (name: string): boolean =>
  /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(name);
