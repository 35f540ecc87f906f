import { DataError } from '../dataError.ts';
import { blockBytes, parsePaxRecords, parseTarHeader } from './tarHeader.ts';

/** One file of a tar archive. */
export interface TarMember {
  readonly path: string;
  readonly bytes: number;
}

export interface TarLimits {
  /** Bytes of one member's contents. */
  readonly memberBytes: number;
  /** Bytes of the whole archive, unpacked. */
  readonly totalBytes: number;
}

/** Names longer than file systems have them are made to fill memory. */
const maxExtensionBytes = 1 << 16;

const typeNames: Readonly<Record<string, string>> = {
  1: 'hard link',
  2: 'symbolic link',
  3: 'character device',
  4: 'block device',
  6: 'pipe',
  S: 'sparse file',
};

/** Gathers the contents of one member, as far as they are of interest. */
interface Body {
  /** Bytes yet to come, padding aside. */
  left: number;
  padding: number;
  readonly contents: Uint8Array | undefined;
  readonly done: (contents: Uint8Array) => void;
}

/**
 * Reads a tar archive as it arrives: nothing is written anywhere, no more than one member is held in memory, and the
 * archive is not believed. Well-known readers either keep headers of any length in memory or take quadratic time for what
 * follows an archive's end; of this one, both are bounded by what has arrived.
 *
 * @example
 * ```ts
 * const reader = new TarReader(path, limits, ({ path }) => path.endsWith('.txt'), (member, contents) => { … });
 * for await (const chunk of unpacked) reader.push(chunk);
 * reader.finish();
 * ```
 */
export class TarReader {
  readonly #path: string;
  readonly #limits: TarLimits;
  readonly #wanted: (member: TarMember) => boolean;
  readonly #onMember: (member: TarMember, contents: Uint8Array) => void;
  readonly #header = new Uint8Array(blockBytes);
  #headerBytes = 0;
  #body: Body | undefined;
  /** What an extended header says of the next member. */
  #next: { readonly path?: string; readonly bytes?: number } = {};
  #total = 0;
  #isEnded = false;

  /**
   * @param path how messages call the archive
   * @param wanted whether a member's contents are of interest; the others pass by
   * @param onMember given each wanted member's contents
   */
  constructor(
    path: string,
    limits: TarLimits,
    wanted: (member: TarMember) => boolean,
    onMember: (member: TarMember, contents: Uint8Array) => void,
  ) {
    this.#path = path;
    this.#limits = limits;
    this.#wanted = wanted;
    this.#onMember = onMember;
  }

  /**
   * Takes the next piece of the archive.
   *
   * @throws {DataError} `corrupt` for an archive that is damaged, or that holds a link, a device, or a path that leads out
   *   of the folder it would be unpacked to; `too-large` for what exceeds the limits
   */
  push(chunk: Uint8Array): void {
    this.#total += chunk.length;
    const { totalBytes } = this.#limits;
    if (this.#total > totalBytes) throw this.#tooLarge(`unpacks to more than ${totalBytes} bytes`);
    let at = 0;
    while (at < chunk.length && !this.#isEnded) {
      at += this.#body === undefined ? this.#takeHeader(chunk, at) : this.#takeBody(this.#body, chunk, at);
    }
  }

  /** @throws {DataError} `truncated` for an archive that ends within a member or a header */
  finish(): void {
    const { left = 0 } = this.#body ?? {};
    if (!this.#isEnded && (left > 0 || this.#headerBytes > 0)) {
      throw new DataError('truncated', `${this.#path} is truncated: its tar archive ends early`, { path: this.#path });
    }
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const taken = chunk.subarray(at, at + blockBytes - this.#headerBytes);
    this.#header.set(taken, this.#headerBytes);
    this.#headerBytes += taken.length;
    if (this.#headerBytes === blockBytes) {
      this.#headerBytes = 0;
      this.#begin();
    }
    return taken.length;
  }

  #takeBody(body: Body, chunk: Uint8Array, at: number): number {
    const taken = chunk.subarray(at, at + body.left);
    body.contents?.set(taken, body.contents.length - body.left);
    body.left -= taken.length;
    const padding = Math.min(body.padding, body.left > 0 ? 0 : chunk.length - at - taken.length);
    body.padding -= padding;
    if (body.left === 0 && body.padding === 0) {
      this.#body = undefined;
      if (body.contents !== undefined) body.done(body.contents);
    }
    return taken.length + padding;
  }

  /** A whole header has arrived. */
  #begin(): void {
    const header = parseTarHeader(this.#header);
    if (header === 'end') {
      this.#isEnded = true;
      return;
    }
    if ('problem' in header) throw this.#corrupt(`it holds no sound tar archive (${header.problem})`);
    switch (header.type) {
      case 'x':
        this.#extend(header.bytes, (contents) => {
          const records = parsePaxRecords(contents);
          if (records === undefined) throw this.#corrupt('an extended header of its tar archive is malformed');
          this.#next = { ...this.#next, ...records };
        });
        return;
      case 'L':
        this.#extend(header.bytes, (contents) => {
          const end = contents.indexOf(0);
          this.#next = {
            ...this.#next,
            path: new TextDecoder().decode(end < 0 ? contents : contents.subarray(0, end)),
          };
        });
        return;
      case 'g':
      case 'K':
        // What holds for all members (a comment, a time) and the targets of links are of no interest.
        this.#extend(header.bytes, () => {});
        return;
    }
    const member = { path: header.path, bytes: header.bytes, ...this.#next };
    this.#next = {};
    this.#check(member, header.type);
    const isFile = header.type !== '5';
    const isWanted = isFile && this.#wanted(member);
    this.#expect(member.bytes, isWanted, (contents) => this.#onMember(member, contents));
  }

  #extend(bytes: number, done: (contents: Uint8Array) => void): void {
    if (bytes > maxExtensionBytes) throw this.#tooLarge(`has a header of ${bytes} bytes in its tar archive`);
    this.#expect(bytes, true, done);
  }

  #expect(bytes: number, isKept: boolean, done: (contents: Uint8Array) => void): void {
    const contents = isKept ? new Uint8Array(bytes) : undefined;
    if (bytes > 0) this.#body = { left: bytes, padding: -bytes & (blockBytes - 1), contents, done };
    else if (contents !== undefined) done(contents);
  }

  /** Throws for what no data set's archive holds. */
  #check({ path, bytes }: TarMember, type: string): void {
    const called = JSON.stringify(path.slice(0, 100));
    if (/(^|\/)\.\.(\/|$)|^\/|^[A-Za-z]:|\\|\0/.test(path)) {
      throw this.#corrupt(`it holds ${called}, a path that leads elsewhere`);
    }
    if (type !== '0' && type !== '5' && type !== '7') {
      const kind = typeNames[type] ?? `member of type ${JSON.stringify(type)}`;
      throw this.#corrupt(`it holds ${called}, a ${kind}: expected files and folders only`);
    }
    const { memberBytes } = this.#limits;
    if (bytes > memberBytes) throw this.#tooLarge(`holds ${called} of ${bytes} bytes, expected at most ${memberBytes}`);
  }

  #corrupt(reason: string): DataError {
    return new DataError('corrupt', `${this.#path} is corrupt: ${reason}`, { path: this.#path });
  }

  #tooLarge(reason: string): DataError {
    return new DataError('too-large', `${this.#path} ${reason}`, { path: this.#path });
  }
}
