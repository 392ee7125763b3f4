const block = 512;

/** Octal digits ending in NUL, as the format writes numbers. */
const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** An archive of files (POSIX ustar): names of at most 100 ASCII characters, in the order given. */
export function tarOf(files: readonly { name: string; content: Buffer }[], at: Date): Buffer {
	const parts = files.flatMap(({ name, content }) => {
		const header = Buffer.alloc(block);
		header.write(name.slice(0, 100), 0, 'ascii');
		header.write(octal(0o644, 8), 100, 'ascii');
		header.write(octal(0, 8), 108, 'ascii');
		header.write(octal(0, 8), 116, 'ascii');
		header.write(octal(content.length, 12), 124, 'ascii');
		header.write(octal(Math.floor(at.getTime() / 1000), 12), 136, 'ascii');
		header.write('        ', 148, 'ascii');
		header.write('0', 156, 'ascii');
		header.write('ustar\0', 257, 'ascii');
		header.write('00', 263, 'ascii');
		const sum = header.reduce((total, byte) => total + byte, 0);
		header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
		return [header, content, Buffer.alloc((block - (content.length % block)) % block)];
	});
	return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}
