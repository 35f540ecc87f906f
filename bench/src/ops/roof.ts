import { median } from '../statistics/summary.ts';
import { ours, plain, type RowResult } from './ops.ts';

/** What the machine can do on one thread, as the rows of the group `machine` measured it. */
export interface Roof {
  /** Multiplications and additions a second with 128-bit vectors, fused or not, whichever is more. */
  readonly flops: number;
  /** Bytes a second, reading and writing, by how many bytes are gone through. */
  readonly streams: readonly { readonly bytes: number; readonly rate: number }[];
  /** Seconds of a call that does next to nothing. */
  readonly call: number;
}

/** Undefined where the rows are not there. */
export function roofOf(rows: readonly RowResult[]): Roof | undefined {
  const machine = rows.filter(({ row }) => row.group === 'machine');
  const secondsOf = (result: RowResult, name: string) => result.seconds[name] && median(result.seconds[name]);
  const streams: { bytes: number; rate: number }[] = [];
  let flops = 0;
  let call: number | undefined;
  for (const result of machine) {
    const { row } = result;
    const seconds = secondsOf(result, row.spec.op === 'matmul' ? ours(1) : plain);
    if (seconds === undefined) continue;
    if (row.spec.op === 'multiplyAdd') flops = Math.max(flops, row.flops! / seconds);
    else if (row.spec.op === 'stream') streams.push({ bytes: row.bytes!, rate: row.bytes! / seconds });
    else call = seconds;
  }
  if (flops === 0 || call === undefined || streams.length === 0) return undefined;
  return { flops, streams: streams.sort((a, b) => a.bytes - b.bytes), call };
}

/** What a call can't take less than: its arithmetic, its data's way, the call itself. Seconds. */
export interface Floor {
  readonly arithmetic: number;
  readonly data: number;
  readonly call: number;
}

export function floorOf({ row }: RowResult, roof: Roof): Floor {
  const { flops = 0, bytes = 0 } = row;
  const stream = roof.streams.find((each) => bytes <= each.bytes) ?? roof.streams.at(-1)!;
  return { arithmetic: flops / roof.flops, data: bytes / stream.rate, call: roof.call };
}
