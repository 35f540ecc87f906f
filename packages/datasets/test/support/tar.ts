/** One member of a tar archive that a test writes; what is given beside name and data is written instead of the truth. */
export interface TarMember {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` a device, `5` a folder, `x` an extended header, `L` a long name. */
  readonly type?: string;
  readonly link?: string;
  readonly size?: number;
  readonly checksum?: number;
}

const block = 512;

/** Writes a tar archive as POSIX.1-1988 (ustar) has it. */
export function tar(members: readonly TarMember[], { end = true } = {}): Buffer {
  const parts = members.flatMap(({ name, data = '', type = '0', link = '', ...given }) => {
    const bytes = Buffer.from(data as Buffer);
    const header = Buffer.alloc(block);
    const size = given.size ?? bytes.length;
    Buffer.from(name as Buffer).copy(header, 0, 0, 100);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    // Sizes beyond 8 GB are binary, with the first bit set.
    if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    else {
      header.writeBigUInt64BE(BigInt(size), 128);
      header.writeUInt8(0x80, 124);
    }
    header.write('00000000000\0', 136);
    header.write(type, 156);
    header.write(link, 157);
    header.write('ustar\0' + '00', 257);
    header.write('        ', 148);
    const sum = given.checksum ?? header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc(-bytes.length & (block - 1))];
  });
  return Buffer.concat([...parts, ...(end ? [Buffer.alloc(2 * block)] : [])]);
}
