export { gemm, gemmScratchBytes } from "./gemm";
export { conv2d, conv2dScratchBytes } from "./conv2d";
export { conv2dBackwardInput, conv2dBackwardInputScratchBytes } from "./conv2dBackwardInput";
export { conv2dBackwardWeight, conv2dBackwardWeightScratchBytes } from "./conv2dBackwardWeight";
