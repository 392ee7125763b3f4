import { ok, type Result, refuse } from '@parvis/platform';

const day = 86_400_000;
/** As the specification has it. */
export const longestSpan = 90 * day;
export const mostRequests = 1000;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

/** A date and time of the W3C note with its zone; a space stands for the plus sign that an address lost. Null when it is none. */
export function readInstant(text: string): Date | null {
	const tidy = text.trim().replace(/ (\d\d:?\d\d)$/, '+$1');
	if (!instant.test(tidy)) return null;
	const at = new Date(tidy);
	return Number.isNaN(at.getTime()) ? null : at;
}

export interface Asked {
	numbers: string[] | null;
	codes: string[];
	status: 'open' | 'closed' | null;
	from: Date;
	to: Date;
	updatedFrom: Date | null;
	updatedTo: Date | null;
	page: number;
	pageSize: number;
}

const list = (text: string | undefined): string[] =>
	(text ?? '')
		.split(',')
		.map((one) => one.trim())
		.filter(Boolean);

/**
 * What GET requests asks: identifiers go before all else; else at most 90 days, the last ones unless told, and 1000 requests.
 * @returns a refusal whose `error` is the sentence of the answer, in English as the specification's are
 */
export function readQuery(query: Readonly<Record<string, string>>, now: Date): Result<Asked> {
	const numbers = list(query.service_request_id);
	if (numbers.length > mostRequests) return refuse('at most 1000 service_request_id');
	const instants: Partial<Record<string, Date>> = {};
	for (const name of ['start_date', 'end_date', 'updated_after', 'updated_before']) {
		const text = query[name];
		if (!text) continue;
		const at = readInstant(text);
		if (!at) return refuse(`${name} is no date and time such as 2026-11-24T08:00:00Z`);
		instants[name] = at;
	}
	const { start_date: start, end_date: end } = instants;
	if (start && end && start > end) return refuse('start_date is after end_date');
	const from = start ?? new Date((end ?? now).getTime() - longestSpan);
	const to = new Date(Math.min((end ?? now).getTime(), from.getTime() + longestSpan));
	const states = list(query.status);
	if (states.some((state) => state !== 'open' && state !== 'closed'))
		return refuse('status is open or closed');
	const page = Number(query.page || 1);
	const pageSize = Number(query.page_size || mostRequests);
	if (![page, pageSize].every((one) => Number.isInteger(one) && one >= 1 && one <= 1_000_000))
		return refuse('page and page_size are whole numbers from 1');
	return ok({
		numbers: numbers.length ? numbers : null,
		codes: list(query.service_code),
		status: new Set(states).size === 1 ? (states[0] as 'open' | 'closed') : null,
		from,
		to,
		updatedFrom: instants.updated_after ?? null,
		updatedTo: instants.updated_before ?? null,
		page,
		pageSize: Math.min(pageSize, mostRequests),
	});
}

export interface Posted {
	fields: Readonly<Record<string, string>>;
	photo: Uint8Array | null;
}

/** The fields of a form body, and a photo where it came with one. Null when it is not UTF-8 or no form. */
export async function readBody(body: Buffer, contentType: string): Promise<Posted | null> {
	const fields: Record<string, string> = {};
	let photo: Uint8Array | null = null;
	if (/^multipart\/form-data\b/i.test(contentType)) {
		const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
			.formData()
			.catch(() => null);
		if (!form) return null;
		for (const [name, value] of form) {
			if (typeof value === 'string') fields[name] ??= value;
			else if (!photo && /^(media|photo)(\[\])?$/.test(name) && value.size)
				photo = new Uint8Array(await value.arrayBuffer());
		}
	} else for (const [name, value] of new URLSearchParams(body.toString('utf8'))) fields[name] ??= value;
	// What is not UTF-8 became the replacement character, which nobody types.
	return Object.entries(fields).some((pair) => pair.join('').includes('\ufffd')) ? null : { fields, photo };
}

/** Where it is: both coordinates, or none. */
export function readPosition(
	fields: Readonly<Record<string, string>>,
): Result<{ longitude: number; latitude: number } | null> {
	const texts = [fields.long ?? fields.lng ?? '', fields.lat ?? ''].map((text) => text.trim());
	if (texts.every((text) => text === '')) return ok(null);
	const [longitude, latitude] = texts.map((text) =>
		/^-?\d{1,3}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN,
	) as [number, number];
	if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90))
		return refuse('lat and long are decimal degrees (WGS84), both given');
	return ok({ longitude, latitude });
}
