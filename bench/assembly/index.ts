export { conv2d, conv2dBackwardInput } from "./conv2d";
export { conv2dBackwardWeight } from "./conv2dBackwardWeight";
export { gemm } from "./gemm";
export { multiplyAdd } from "./multiplyAdd";
export { stream } from "./stream";
