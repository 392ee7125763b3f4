import sharp from 'sharp';
import { ok, type Result, refuse } from './result.ts';

const widestPixels = 1600;
/** More would take the server's memory: 40 megapixels are a good telephone's. */
const mostPixels = 50_000_000;

/** A cleaned file; width and height of pictures, in pixels. */
export interface CleanFile {
	bytes: Buffer;
	width: number | null;
	height: number | null;
}

/**
 * A photo as WebP, upright, at most 1,600 pixels wide or high, without where it was taken and by what: only its pixels are
 * carried over, so nothing hidden in the file comes along.
 */
export async function cleanPhoto(content: Uint8Array): Promise<Result<CleanFile>> {
	try {
		const { data, info } = await sharp(content, { limitInputPixels: mostPixels, failOn: 'error', pages: 1 })
			.rotate()
			.resize({ width: widestPixels, height: widestPixels, fit: 'inside', withoutEnlargement: true })
			.webp({ quality: 78 })
			.timeout({ seconds: 20 })
			.toBuffer({ resolveWithObject: true });
		return ok({ bytes: data, width: info.width, height: info.height });
	} catch {
		return refuse('platform.photo_unreadable');
	}
}
