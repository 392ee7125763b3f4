import { type Samples, samplesPerSecond } from './transcriber.ts';

const headerBytes = 44;

/** A RIFF/WAVE file of one channel of 16-bit PCM. */
export function waveOf(samples: Samples): Uint8Array<ArrayBuffer> {
	const bytes = samples.length * 2;
	const file = new Uint8Array(headerBytes + bytes);
	const view = new DataView(file.buffer);
	const word = (at: number, text: string) => file.set(Buffer.from(text, 'latin1'), at);
	word(0, 'RIFF');
	view.setUint32(4, headerBytes - 8 + bytes, true);
	word(8, 'WAVEfmt ');
	view.setUint32(16, 16, true);
	view.setUint16(20, 1, true);
	view.setUint16(22, 1, true);
	view.setUint32(24, samplesPerSecond, true);
	view.setUint32(28, samplesPerSecond * 2, true);
	view.setUint16(32, 2, true);
	view.setUint16(34, 16, true);
	word(36, 'data');
	view.setUint32(40, bytes, true);
	file.set(new Uint8Array(samples.buffer, samples.byteOffset, bytes), headerBytes);
	return file;
}
