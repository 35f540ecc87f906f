import { functional as F, nn, type Tensor } from '@flambeau/core';
import type { Attended, Attention, AttentionOptions, Memory } from './memory.ts';

/** Options of {@link BahdanauAttention}. */
export interface BahdanauAttentionOptions extends nn.ModuleOptions {
  /** The width C of the states that are looked at. Default: that of the query. */
  readonly valueSize?: number;
  /** The width A in which query and states are compared. Default: that of the query. */
  readonly attentionSize?: number;
  /** Whether the three maps have biases, as in PyTorch's tutorial; the paper's have none. Default true. */
  readonly bias?: boolean;
}

/**
 * Additive attention: for a query s and the states h of a sequence
 *
 * e_j = v·tanh(W·s + U·h_j), α = softmax(e), c = Σ_j α_j·h_j.
 *
 * Shape: query `[N, T, H]`, values `[N, S, C]`, lengths int32 `[N]` → context `[N, T, C]`, weights `[N, T, S]`. Places
 * beyond a row's length have weight 0, whatever they hold.
 *
 * Attributes: `Wa` Linear(H→A), `Ua` Linear(C→A), `Va` Linear(A→1): the names of PyTorch's tutorial, whose state dict loads.
 * The bias of `Va` changes nothing, since softmax cancels it.
 *
 * @param querySize - H.
 *
 * @example
 * ```ts
 * const attention = new BahdanauAttention(128);
 * const { context, weights } = attention.forward(state, encoded, { lengths });
 * context.shape; // [32, 1, 128]
 * ```
 *
 * Source: Bahdanau, Cho, Bengio, arXiv 1409.0473, section 3.1.
 */
export class BahdanauAttention extends nn.Module implements Attention {
  readonly querySize: number;
  readonly valueSize: number;
  readonly attentionSize: number;
  Wa: nn.Linear;
  Ua: nn.Linear;
  Va: nn.Linear;

  constructor(querySize: number, options: BahdanauAttentionOptions = {}) {
    super();
    const { valueSize = querySize, attentionSize = querySize, ...linear } = options;
    this.querySize = querySize;
    this.valueSize = valueSize;
    this.attentionSize = attentionSize;
    this.Wa = new nn.Linear(querySize, attentionSize, linear);
    this.Ua = new nn.Linear(valueSize, attentionSize, linear);
    this.Va = new nn.Linear(attentionSize, 1, linear);
  }

  memory(values: Tensor, lengths: Tensor | null = null): Memory {
    return { values, keys: this.Ua.forward(values), lengths };
  }

  attend(query: Tensor, { values, keys, lengths }: Memory): Attended {
    const options = { label: this.label, scoreBias: this.Va.bias, lengths };
    return F.additiveAttention(this.Wa.forward(query), keys, values, this.Va.weight, options);
  }

  forward(query: Tensor, values: Tensor, { lengths }: AttentionOptions = {}): Attended {
    return this.attend(query, this.memory(values, lengths));
  }

  /** The tutorial's names have capitals. */
  protected override stateKeyOf(name: string): string {
    return name;
  }

  override extraRepr(): string {
    return `${this.querySize}, valueSize=${this.valueSize}, attentionSize=${this.attentionSize}`;
  }
}
