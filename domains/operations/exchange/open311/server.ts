import type { FastifyPluginAsyncZod, FastifyReply, FastifyRequest } from '@parvis/platform';
import { type Actor, hasScope } from '@parvis/platform';
import type { Context } from '../../context.ts';
import type { Interventions, PublicReport } from '../../interventions/face.ts';
import type { Open311Settings } from '../face.ts';
import { mostRequests, readBody, readPosition, readQuery } from './asking.ts';
import { contentTypes, type Format, type Item, type List, writeDocument } from './writing.ts';

const specification = 'http://wiki.open311.org/GeoReport_v2';
const changedOn = '2026-11-24T00:00:00Z';
const mostFormBytes = 64 * 1024;
/** With a photo of ten megabytes. */
const mostBytes = 12 * 1024 * 1024;
const openStatuses = ['received', 'planned'] as const;
const closedStatuses = ['fixed', 'refused'] as const;

/** A refusal in the shape of the specification. */
class Problem extends Error {
	readonly code: number;
	constructor(code: number, description: string) {
		super(description);
		this.code = code;
	}
}

const seconds = (at: Date) => at.toISOString().replace(/\.\d+Z$/, 'Z');

/** Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), to be mounted under /open311: discovery, services, requests, tokens. */
export function createOpen311Server(
	context: Context,
	{ categories, reports }: Pick<Interventions, 'categories' | 'reports'>,
	settings: Open311Settings,
): FastifyPluginAsyncZod {
	const { platform, identity, now } = context;
	const { publicUrl } = platform.config;
	const { t } = platform.messages;

	const formatOf = (request: FastifyRequest): Format => {
		const named = /\.(xml|json)$/.exec(new URL(request.url, publicUrl).pathname)?.[1];
		if (named) return named as Format;
		return /^application\/json\b/.test(request.headers.accept ?? '') ? 'json' : 'xml';
	};
	const answer = (
		request: FastifyRequest,
		reply: FastifyReply,
		root: string,
		value: Item | List,
		code = 200,
	) => {
		const format = formatOf(request);
		return reply
			.code(code)
			.type(contentTypes[format])
			.serializer((text: unknown) => String(text))
			.send(writeDocument(format, root, value));
	};
	const refuseWith = (request: FastifyRequest, reply: FastifyReply, code: number, description: string) =>
		answer(
			request,
			reply,
			'errors',
			{ name: 'error', items: [{ code, description: `${code}: ${description}` }] },
			code,
		);

	/** Parameters of the address as text; the first of several. */
	function queryOf(request: FastifyRequest): Record<string, string> {
		const query: Record<string, string> = {};
		for (const [name, value] of new URL(request.url, publicUrl).searchParams) query[name] ??= value;
		return query;
	}

	async function checkJurisdiction(asked: string | undefined): Promise<void> {
		if (asked && asked !== (await settings.read()).jurisdiction)
			throw new Problem(404, 'jurisdiction_id was not found');
	}

	/** Whose key it is; null without one. */
	async function keyOf(key: string | undefined, request: FastifyRequest): Promise<Actor | null> {
		if (!key) return request.actor.kind === 'key' ? request.actor : null;
		const actor = await identity.authenticate(
			new Headers({ authorization: `Bearer ${key.replaceAll(/[^\x21-\x7e]/g, '')}` }),
		);
		if (actor.kind !== 'key') throw new Problem(403, 'api_key is not known');
		return actor;
	}

	const shown = (report: PublicReport, language: 'fr' | 'en'): Item => ({
		service_request_id: report.number,
		status: report.status === 'fixed' || report.status === 'refused' ? 'closed' : 'open',
		status_notes: report.publicAnswer ?? t(language, `operations.open311_status_${report.status}`),
		service_name: report.category.name[language],
		service_code: report.category.code,
		description: report.description,
		agency_responsible: report.service[language],
		service_notice: null,
		requested_datetime: seconds(report.createdAt),
		updated_datetime: seconds(report.updatedAt),
		expected_datetime: null,
		address: report.address,
		address_id: null,
		zipcode: null,
		lat: report.latitude,
		long: report.longitude,
		media_url: report.photos[0] ? `${publicUrl}${report.photos[0].url}` : null,
	});

	async function services(language: 'fr' | 'en') {
		return (await categories.publicList(language)).map((category) => ({
			service_code: category.code,
			service_name: category.name,
			description: category.group === category.name ? category.name : `${category.group} : ${category.name}`,
			metadata: false,
			type: 'realtime',
			keywords: category.keywords,
			group: category.group,
		}));
	}

	async function search(request: FastifyRequest): Promise<PublicReport[]> {
		const parsed = readQuery(queryOf(request), now());
		if (!parsed.ok) throw new Problem(400, parsed.error);
		const { numbers, codes, status, from, to, updatedFrom, updatedTo, page, pageSize } = parsed.value;
		const known = new Set((await categories.list({ archived: true })).map(({ code }) => code));
		const filter = {
			...(numbers ? { numbers } : { from, to }),
			...(!numbers && status && { status: status === 'open' ? openStatuses : closedStatuses }),
			...(updatedFrom && { updatedFrom }),
			...(updatedTo && { updatedTo }),
		};
		const wanted = numbers || !codes.length ? [undefined] : codes.filter((code) => known.has(code));
		const found: PublicReport[] = [];
		for (const category of wanted)
			for (let at = 1; found.length < page * pageSize; at++) {
				const list = await reports.list({ ...filter, category, page: at, pageSize: mostRequests });
				found.push(...list.items);
				if (at * list.pageSize >= list.total) break;
			}
		return found
			.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
			.slice((page - 1) * pageSize, page * pageSize);
	}

	/** Take a report in; the specification's own words where it is refused. */
	async function receive(request: FastifyRequest): Promise<Item> {
		const contentType = request.headers['content-type'] ?? '';
		const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
		if (body.length > mostFormBytes && !/^multipart\//i.test(contentType))
			throw new Problem(413, t(request.locale, 'platform.too_large'));
		const posted = await readBody(body, contentType);
		if (!posted) throw new Problem(400, 'the body is no form in UTF-8');
		const fields = { ...queryOf(request), ...posted.fields };
		await checkJurisdiction(fields.jurisdiction_id);
		const key = await keyOf(fields.api_key, request);
		if (key && !hasScope(key, 'operations:write')) throw new Problem(403, 'api_key may not report');
		if (!key && (await settings.read()).keyRequired) throw new Problem(403, 'api_key is required');
		if (!fields.service_code) throw new Problem(400, 'service_code was not provided');
		if (!(await services('fr')).some((service) => service.service_code === fields.service_code))
			throw new Problem(404, 'service_code was not found');
		const position = readPosition(fields);
		if (!position.ok) throw new Problem(400, position.error);
		const address = fields.address_string ?? '';
		if (!position.value && !address.trim())
			throw new Problem(400, 'location was not provided: lat and long, or address_string');
		const repeated = request.headers['idempotency-key'];
		const received = await reports.create(
			{
				category: fields.service_code,
				description: fields.description ?? '',
				address,
				...position.value,
				...(fields.email && { email: fields.email }),
				locale: request.locale,
				...(posted.photo && { photo: posted.photo }),
			},
			{
				via: 'open311',
				...(!key && { address: request.ip }),
				...(typeof repeated === 'string' &&
					/^[\x21-\x7e]{8,200}$/.test(repeated) && { externalKey: `${key?.id ?? ''} ${repeated}` }),
			},
		);
		if (!received.ok) {
			const code =
				received.error === 'platform.too_many_requests'
					? 429
					: received.error === 'operations.category_unknown'
						? 404
						: 400;
			throw new Problem(code, t(request.locale, received.error, received.detail));
		}
		return {
			service_request_id: received.value.number,
			service_notice: t(request.locale, 'operations.open311_notice', {
				url: `${publicUrl}${received.value.url}`,
			}),
			account_id: null,
		};
	}

	return async (api) => {
		api.removeAllContentTypeParsers();
		const asBuffer = { parseAs: 'buffer' as const };
		const keep = (_request: unknown, body: unknown, done: (error: Error | null, body?: unknown) => void) =>
			done(null, body);
		api.addContentTypeParser('application/x-www-form-urlencoded', asBuffer, keep);
		api.addContentTypeParser('multipart/form-data', asBuffer, keep);

		api.setErrorHandler((error, request, reply) => {
			if (error instanceof Problem) return refuseWith(request, reply, error.code, error.message);
			const status = (error as { statusCode?: number }).statusCode ?? 500;
			if (status < 500)
				return refuseWith(request, reply, status, t(request.locale, 'operations.open311_bad_request'));
			platform.log.error({ err: error, route: request.routeOptions.url }, 'open311 request failed');
			return refuseWith(request, reply, 500, t(request.locale, 'platform.unexpected'));
		});
		api.addHook('onSend', async (request, reply) => {
			if (request.method === 'GET' || request.method === 'HEAD')
				reply.headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
		});

		const hidden = { schema: { hide: true } };
		/** With and without the suffix that names the format. */
		const paths = (path: string) => [path, `${path}.xml`, `${path}.json`];
		const idOf = (request: FastifyRequest) =>
			(request.params as { id: string }).id.replace(/\.(xml|json)$/, '');

		for (const path of [...paths('/discovery'), ...paths('/v2/discovery')])
			api.get(path, hidden, async (request, reply) =>
				answer(request, reply, 'discovery', {
					changeset: changedOn,
					contact: publicUrl,
					key_service: t(request.locale, 'operations.open311_key_service'),
					endpoints: {
						name: 'endpoint',
						items: [
							{
								specification,
								url: `${publicUrl}/open311/v2`,
								changeset: changedOn,
								type: platform.config.demo ? 'test' : 'production',
								formats: { name: 'format', items: ['text/xml', 'application/json'] },
							},
						],
					},
				}),
			);

		for (const path of paths('/v2/services'))
			api.get(path, hidden, async (request, reply) => {
				await checkJurisdiction(queryOf(request).jurisdiction_id);
				return answer(request, reply, 'services', {
					name: 'service',
					items: await services(request.locale),
				});
			});

		api.get('/v2/services/:id', hidden, async (request, reply) => {
			await checkJurisdiction(queryOf(request).jurisdiction_id);
			const code = idOf(request);
			if (!(await services('fr')).some((service) => service.service_code === code))
				throw new Problem(404, 'service_code was not found');
			return answer(request, reply, 'service_definition', {
				service_code: code,
				attributes: { name: 'attribute', items: [] },
			});
		});

		for (const path of paths('/v2/requests')) {
			api.get(path, hidden, async (request, reply) => {
				await checkJurisdiction(queryOf(request).jurisdiction_id);
				const found = await search(request);
				return answer(request, reply, 'service_requests', {
					name: 'request',
					items: found.slice(0, mostRequests).map((report) => shown(report, request.locale)),
				});
			});
			api.post(path, { ...hidden, bodyLimit: mostBytes }, async (request, reply) =>
				answer(request, reply, 'service_requests', { name: 'request', items: [await receive(request)] }, 201),
			);
		}

		api.get('/v2/requests/:id', hidden, async (request, reply) => {
			await checkJurisdiction(queryOf(request).jurisdiction_id);
			const report = await reports.get(idOf(request));
			if (!report) throw new Problem(404, 'service_request_id was not found');
			return answer(request, reply, 'service_requests', {
				name: 'request',
				items: [shown(report, request.locale)],
			});
		});

		api.get('/v2/tokens/:id', hidden, async (request, reply) => {
			await checkJurisdiction(queryOf(request).jurisdiction_id);
			const token = idOf(request);
			const report = await reports.follow(token);
			if (!report) throw new Problem(404, 'token was not found');
			return answer(request, reply, 'service_requests', {
				name: 'request',
				items: [{ service_request_id: report.number, token }],
			});
		});

		api.all('/*', hidden, async (request, reply) =>
			refuseWith(request, reply, 404, 'there is nothing at this address'),
		);
	};
}
