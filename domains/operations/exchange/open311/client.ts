import type { Outgoing, OutgoingError } from '@parvis/platform';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** Where a server is, and how it knows us. */
export interface Remote {
	url: string;
	jurisdiction: string | null;
	apiKey: string | null;
}

export interface RemoteRequest {
	id: string;
	token: string;
	status: string;
	notes: string;
	description: string;
}

/** `code`: HTTP status of a refusal, null when nothing that makes sense came back. */
export type RemoteAnswer<T> =
	| { ok: true; value: T }
	| { ok: false; error: OutgoingError | 'status' | 'nonsense'; code: number | null; words: string };

const parser = new XMLParser({
	ignoreAttributes: true,
	parseTagValue: false,
	isArray: (name) => ['service', 'request', 'error'].includes(name),
});
const text = z.string().catch('');
const servicesShape = z.object({
	services: z
		.object({ service: z.array(z.object({ service_code: text, service_name: text })).catch([]) })
		.catch({ service: [] }),
});
const requestsShape = z.object({
	service_requests: z
		.object({
			request: z
				.array(
					z
						.object({
							service_request_id: text,
							token: text,
							status: text,
							status_notes: text,
							description: text,
						})
						.partial(),
				)
				.catch([]),
		})
		.catch({ request: [] }),
});
const errorsShape = z.object({ errors: z.object({ error: z.array(z.object({ description: text })) }) });

/** Asks another Open311 server in XML, the format that each must speak. */
export function createOpen311Client(outgoing: Outgoing) {
	async function ask<Shape extends z.ZodType>(
		remote: Remote,
		path: string,
		shape: Shape,
		parameters: Record<string, string>,
		post?: { key: string },
	): Promise<RemoteAnswer<z.output<Shape>>> {
		const all = new URLSearchParams({
			...(remote.jurisdiction && { jurisdiction_id: remote.jurisdiction }),
			...(post && remote.apiKey && { api_key: remote.apiKey }),
			...parameters,
		}).toString();
		const url = new URL(`${remote.url}${path}${post ? '' : `?${all}`}`);
		const sent = await outgoing.request(url, {
			method: post ? 'POST' : 'GET',
			headers: {
				accept: 'text/xml',
				...(post && {
					'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
					'idempotency-key': post.key,
				}),
			},
			...(post && { body: all }),
			timeoutMilliseconds: 15_000,
			mostBytes: 2 * 1024 * 1024,
		});
		if (!sent.ok) return { ok: false, error: sent.error, code: null, words: '' };
		const { status, body } = sent.answer;
		let document: unknown;
		try {
			document = parser.parse(body.toString('utf8'));
		} catch {
			document = null;
		}
		if (status < 200 || status >= 300) {
			const told = errorsShape.safeParse(document);
			const words = told.success
				? told.data.errors.error.map(({ description }) => description).join(' ')
				: '';
			return { ok: false, error: 'status', code: status, words: words.slice(0, 300) };
		}
		const read = shape.safeParse(document);
		return read.success
			? { ok: true, value: read.data }
			: { ok: false, error: 'nonsense', code: null, words: '' };
	}

	const requests = async (
		remote: Remote,
		path: string,
		parameters: Record<string, string>,
		post?: { key: string },
	): Promise<RemoteAnswer<RemoteRequest[]>> => {
		const answer = await ask(remote, path, requestsShape, parameters, post);
		if (!answer.ok) return answer;
		return {
			ok: true,
			value: answer.value.service_requests.request.map((one) => ({
				id: one.service_request_id ?? '',
				token: one.token ?? '',
				status: one.status ?? '',
				notes: one.status_notes ?? '',
				description: one.description ?? '',
			})),
		};
	};

	return {
		async services(remote: Remote): Promise<RemoteAnswer<{ code: string; name: string }[]>> {
			const answer = await ask(remote, '/services.xml', servicesShape, {});
			if (!answer.ok) return answer;
			return {
				ok: true,
				value: answer.value.services.service.map((one) => ({
					code: one.service_code,
					name: one.service_name,
				})),
			};
		},
		/** @param key makes the same request sent twice one, where the server knows `Idempotency-Key` */
		send: (remote: Remote, fields: Record<string, string>, key: string) =>
			requests(remote, '/requests.xml', fields, { key }),
		list: (remote: Remote, parameters: Record<string, string>) =>
			requests(remote, '/requests.xml', parameters),
		token: (remote: Remote, token: string) =>
			requests(remote, `/tokens/${encodeURIComponent(token)}.xml`, {}),
	};
}

export type Open311Client = ReturnType<typeof createOpen311Client>;
