import type { nn, Tensor } from '@flambeau/core';

/** The states of an encoder as an attention reads them: projected once for all steps. */
export interface Memory {
  /** h, what the context is a mean of: `[N, S, C]` */
  readonly values: Tensor;
  /** What the query is compared with: `[N, S, A]` */
  readonly keys: Tensor;
  /** How many of the S places of each row count, int32 `[N]`; null: all. */
  readonly lengths: Tensor | null;
}

/** What an attention looked at in each of T steps. */
export interface Attended {
  /** c = Σ_j α_j·h_j: `[N, T, C]` */
  readonly context: Tensor;
  /** α: `[N, T, S]`, each row summing to 1, 0 beyond the length. */
  readonly weights: Tensor;
}

/** A layer that weighs the states of a sequence by how well they answer a query. */
export interface Attention extends nn.Module {
  /** Prepares the states `[N, S, C]` of a source, once for all queries. */
  memory(values: Tensor, lengths?: Tensor | null): Memory;
  /** Weights and contexts of queries `[N, T, H]`. */
  attend(query: Tensor, memory: Memory): Attended;
  forward(query: Tensor, values: Tensor, options?: AttentionOptions): Attended;
}

/** Options of an attention's `forward`. */
export interface AttentionOptions {
  /** How many of the S places of each row count, int32 `[N]`. Default: all. */
  readonly lengths?: Tensor | null;
}
