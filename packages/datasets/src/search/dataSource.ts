import { homedir } from 'node:os';
import type { DatasetDeclaration } from '../declarations/declaration.ts';
import type { SourceKind } from './dataFolders.ts';

/** Where a data set came from, for people and for a run's records. */
export interface DataSource {
  readonly kind: SourceKind;
  /** The folder that holds the files. */
  readonly path: string;
  /** SHA-256 of each file's unpacked contents, in hex, by its unpacked name. */
  readonly checksums: Readonly<Record<string, string>>;
  /** False for the shipped sample, which is a part of the data set, and for files that are not the published ones. */
  readonly isComplete: boolean;
  /** Where the data came from, in one sentence; for the sample also how much it is, why, and how to get the rest. */
  readonly sentence: string;
}

const origins: Readonly<Record<Exclude<SourceKind, 'sample'>, string>> = {
  'data-dir': 'from',
  cache: 'from the cache',
  system: "from the system's folder",
  download: 'just downloaded to',
};

/** Describes a source that holds the whole data set. */
export function wholeSource(
  declaration: DatasetDeclaration,
  kind: Exclude<SourceKind, 'sample'>,
  path: string,
  checksums: Readonly<Record<string, string>>,
): DataSource {
  const unverified = declaration.files.some(({ sha256 }) => sha256 === undefined);
  const how = unverified ? '' : ', checksums verified';
  return { kind, path, checksums, isComplete: true, sentence: `${originOf(declaration, kind, path)}${how}.` };
}

/** `FashionMNIST from the cache ~/.cache/flambeau/fashion-mnist`: the beginning of a source's sentence. */
export function originOf({ title }: DatasetDeclaration, kind: Exclude<SourceKind, 'sample'>, path: string): string {
  return `${title} ${origins[kind]} ${atHome(path)}`;
}

/** `~` for the home folder, as people write it. */
function atHome(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
