import { expect } from '#lib/server/pages.ts';
import { rangeOf } from '#lib/server/ranges.ts';
import type { RequestHandler } from './$types';

const seconds = 40;

/** The recording around a line that is corrected: `?de=` its second. */
export const GET: RequestHandler = async ({ locals, params, url, request }) => {
	const position = Number(url.searchParams.get('de') ?? 0);
	const { content, offsetSeconds } = expect(
		await locals.rooms.council.captions.clip(
			locals.actor,
			params.id,
			Number.isFinite(position) ? position : 0,
			seconds,
		),
	);
	const headers = {
		'content-type': 'video/mp4',
		'accept-ranges': 'bytes',
		'cache-control': 'private, max-age=600',
		'x-offset-seconds': offsetSeconds.toFixed(3),
	};
	const range = rangeOf(request.headers.get('range'), content.byteLength);
	if (range === 'unsatisfiable')
		return new Response(null, {
			status: 416,
			headers: { ...headers, 'content-range': `bytes */${content.byteLength}` },
		});
	const part = range ? content.subarray(range.start, range.end + 1) : content;
	return new Response(part, {
		status: range ? 206 : 200,
		headers: {
			...headers,
			'content-length': String(part.byteLength),
			...(range && { 'content-range': `bytes ${range.start}-${range.end}/${content.byteLength}` }),
		},
	});
};
