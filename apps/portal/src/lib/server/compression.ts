import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** Below this a smaller body gains nothing: it fits in one packet anyway. */
export const minimumBytes = 1400;

/** A page as small as its reader understands. Pages hold no secret beside what a visitor typed, so length tells nothing. */
export async function compress(body: Uint8Array, response: Response, accepted: string): Promise<Response> {
	const headers = new Headers(response.headers);
	headers.append('vary', 'accept-encoding');
	let small: Uint8Array = body;
	if (/\bbr\b/.test(accepted)) {
		small = await toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
		headers.set('content-encoding', 'br');
	} else if (/\bgzip\b/.test(accepted)) {
		small = await toGzip(body, { level: 5 });
		headers.set('content-encoding', 'gzip');
	}
	headers.set('content-length', String(small.byteLength));
	return new Response(small as Uint8Array<ArrayBuffer>, {
		status: response.status,
		statusText: response.statusText,
		headers,
	});
}
