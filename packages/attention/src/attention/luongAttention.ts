import { backendOf, functional as F, nn, type Tensor } from '@flambeau/core';
import { matMul } from '@tensorflow/tfjs-core';
import { maskedSoftmax } from './maskedSoftmax.ts';
import type { Attended, Attention, AttentionOptions, Memory } from './memory.ts';

/** Luong's three ways to score a state h for a query s. */
export type LuongScore = 'dot' | 'general' | 'concat';

/** Options of {@link LuongAttention}. */
export interface LuongAttentionOptions extends nn.ModuleOptions {
  /** Default `'general'`. */
  readonly score?: LuongScore;
  /** The width C of the states that are looked at. Default: that of the query. */
  readonly valueSize?: number;
}

/**
 * Luong's global attention: scores
 *
 * - `dot`: e_j = s·h_j (states as wide as the query),
 * - `general`: e_j = s·W h_j,
 * - `concat`: e_j = v·tanh(W [s; h_j]),
 *
 * then α = softmax(e), c = Σ_j α_j·h_j.
 *
 * Shape: query `[N, T, H]`, values `[N, S, C]`, lengths int32 `[N]` → context `[N, T, C]`, weights `[N, T, S]`. Places
 * beyond a row's length have weight 0, whatever they hold.
 *
 * Attributes: of `general` `Wa` Linear(C→H); of `concat` `Wa` Linear(H→H) for the query, `Ua` Linear(C→H) for the states
 * (the two halves of W) and `Va` Linear(H→1); none has a bias.
 *
 * @param querySize - H.
 * @throws {RangeError} for `dot` with states of another width, or another score.
 *
 * @example
 * ```ts
 * new LuongAttention(128, { score: 'dot' }).forward(states, encoded, { lengths }).weights.shape; // [32, 10, 12]
 * ```
 *
 * Source: Luong, Pham, Manning, arXiv 1508.04025, section 3.1.
 */
export class LuongAttention extends nn.Module implements Attention {
  readonly querySize: number;
  readonly valueSize: number;
  readonly score: LuongScore;
  Wa: nn.Linear | null = null;
  Ua: nn.Linear | null = null;
  Va: nn.Linear | null = null;

  constructor(querySize: number, options: LuongAttentionOptions = {}) {
    super();
    const { score = 'general', valueSize = querySize, backend } = options;
    this.querySize = querySize;
    this.valueSize = valueSize;
    this.score = score;
    const linear = { bias: false, backend };
    switch (score) {
      case 'dot':
        if (valueSize !== querySize) {
          throw new RangeError(
            `LuongAttention: 'dot' expects states as wide as the query, got ${valueSize} and ${querySize}`,
          );
        }
        break;
      case 'general':
        this.Wa = new nn.Linear(valueSize, querySize, linear);
        break;
      case 'concat':
        this.Wa = new nn.Linear(querySize, querySize, linear);
        this.Ua = new nn.Linear(valueSize, querySize, linear);
        this.Va = new nn.Linear(querySize, 1, linear);
        break;
      default:
        throw new RangeError(`LuongAttention: expected score 'dot', 'general' or 'concat', got '${score}'`);
    }
  }

  memory(values: Tensor, lengths: Tensor | null = null): Memory {
    const map = this.score === 'concat' ? this.Ua : this.Wa;
    return { values, keys: map?.forward(values) ?? values, lengths };
  }

  attend(query: Tensor, { values, keys, lengths }: Memory): Attended {
    if (this.score === 'concat') {
      const options = { label: this.label, lengths };
      return F.additiveAttention(this.Wa!.forward(query), keys, values, this.Va!.weight, options);
    }
    return backendOf(query).run(() => {
      const weights = maskedSoftmax(matMul(query, keys, false, true), lengths);
      return { context: matMul(weights, values), weights };
    });
  }

  forward(query: Tensor, values: Tensor, { lengths }: AttentionOptions = {}): Attended {
    return this.attend(query, this.memory(values, lengths));
  }

  /** As in {@link BahdanauAttention}. */
  protected override stateKeyOf(name: string): string {
    return name;
  }

  override extraRepr(): string {
    return `${this.querySize}, score=${this.score}, valueSize=${this.valueSize}`;
  }
}
