/** One file of a data set, with what is known of its contents. */
export interface DataFile {
  /** Its name once unpacked (`train-images-idx3-ubyte`). */
  readonly name: string;
  /** Size of the unpacked contents, in bytes: of what is downloaded, nothing larger is ever unpacked. */
  readonly bytes: number;
  /** SHA-256 of the unpacked contents, in hex. Whoever repacks a file (Debian does) keeps this one. */
  readonly sha256?: string;
  /** The form in which the mirrors serve it. */
  readonly archive: {
    /** Its name there, to be appended to a mirror's URL. */
    readonly name: string;
    readonly compression: 'gzip' | 'zip' | 'none';
    /** The member of a zip archive that is the file (`data/eng-fra.txt`). Default: the file's own name. */
    readonly member?: string;
    /** Whether only the zip's member is downloaded, by ranges, and kept as `.gz`: where the archive holds much else. */
    readonly travelsAlone?: true;
    /** Size of what travels, in bytes, where known. */
    readonly bytes?: number;
    /** The publisher's MD5 of what travels, in hex: the check where `sha256` is not known. */
    readonly md5?: string;
  };
  /** A folder that may stand in the file's place: what an archive of many files unpacks to. */
  readonly folder?: {
    /** Where it may be in a data folder (`.` is the data folder itself). */
    readonly paths: readonly string[];
    /** A folder in it by which it is known. */
    readonly holds: string;
  };
  /**
   * Whether a file on this machine with other contents (fewer reviews, fewer words) is taken as well, and said to be
   * another (`isComplete: false`). What is downloaded must be the published one.
   */
  readonly acceptsOther?: true;
}

/** A data set as data: what it is called, which files it has, where they are served, and on what terms. */
export interface DatasetDeclaration {
  /** How the command line and folders call it (`fashion-mnist`). */
  readonly name: string;
  /** How people call it (`FashionMNIST`). */
  readonly title: string;
  readonly files: readonly DataFile[];
  /** Where the files are served, in the order in which to try; each ends with a slash. */
  readonly mirrors: readonly string[];
  /** Folders of a data folder that may hold it, its own name first (then torchvision's). */
  readonly folders: readonly string[];
  readonly homepage: string;
  readonly licence: { readonly name: string; readonly url: string };
  /** Whom to cite. */
  readonly citation: string;
  /** The Debian and Ubuntu package that brings it, if any. */
  readonly debianPackage?: string;
}

/** A data set of sentences in two languages, one pair a line, in columns separated by tabs. */
export interface TranslationDeclaration extends DatasetDeclaration {
  readonly kind: 'translation-pairs';
  /** The languages' names in ISO 639-3 (`eng`), in the order of the columns. */
  readonly languages: readonly [first: string, second: string];
}

/** Names of the two files of one split. */
export interface ImageSplitFiles {
  readonly images: string;
  readonly labels: string;
}

/** A data set of equally large grey images with one class each, in IDX files. */
export interface ImageDatasetDeclaration extends DatasetDeclaration {
  readonly kind: 'image-classification';
  readonly classes: readonly string[];
  readonly splits: { readonly train: ImageSplitFiles; readonly test: ImageSplitFiles };
  /** The part of it that ships with this package, in `sample/NAME/`. */
  readonly sample?: ImageDatasetDeclaration;
}

/** A data set of texts with one class each. */
export interface ReviewDatasetDeclaration extends DatasetDeclaration {
  readonly kind: 'reviews';
  readonly classes: readonly string[];
  /** Reviews of each class in each split. */
  readonly counts: { readonly train: readonly number[]; readonly test: readonly number[] };
}

/** Vectors of words, one word a line. */
export interface WordVectorDeclaration extends DatasetDeclaration {
  readonly kind: 'word-vectors';
  readonly dimension: number;
  readonly words: number;
}
