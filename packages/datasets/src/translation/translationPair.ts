/** A sentence and its translation; more generally, an input sequence and the sequence that it is to become. */
export interface TranslationPair {
  readonly source: string;
  readonly target: string;
}

/** The same pairs in the other direction. */
export function swapPairs(pairs: readonly TranslationPair[]): TranslationPair[] {
  return pairs.map(({ source, target }) => ({ source: target, target: source }));
}

/** One source sentence with all the translations that are known for it, as a BLEU with several references wants them. */
export interface SourceWithReferences {
  readonly source: string;
  /** Distinct, in the order in which they came. */
  readonly references: readonly string[];
}

/** Gathers the translations of each source sentence, in the order in which the sources come first. */
export function groupBySource(pairs: readonly TranslationPair[]): SourceWithReferences[] {
  const references = new Map<string, Set<string>>();
  for (const { source, target } of pairs) {
    const known = references.get(source);
    if (known === undefined) references.set(source, new Set([target]));
    else known.add(target);
  }
  return [...references].map(([source, targets]) => ({ source, references: [...targets] }));
}
