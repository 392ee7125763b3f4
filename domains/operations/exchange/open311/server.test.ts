import { createHttp, type FastifyInstance, mountApi, system } from '@parvis/platform';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestOperations, type TestOperations } from '../../testing.ts';
import { readInstant, readPosition, readQuery } from './asking.ts';
import { type Item, writeDocument } from './writing.ts';

let made: TestOperations;
let http: FastifyInstance;
let visitor = 0;

beforeAll(async () => {
	made = await createTestOperations();
	http = await createHttp(made.platform, {
		authenticate: made.identity.authenticate,
		apiRequestsPerMinute: 100_000,
	});
	for (const [prefix, plugin] of Object.entries(made.operations.room.standards ?? {}))
		await mountApi(http, [plugin], prefix);
	await http.ready();
}, 120_000);
afterAll(async () => {
	await http?.close();
	await made?.close();
});
// Each test is somebody else: one address may send twenty an hour.
beforeEach(() => {
	visitor++;
});

const here = { lat: '48.3', long: '3.7' };
const get = (url: string, headers: Record<string, string> = {}) =>
	http.inject({ url: `/open311${url}`, headers });
const post = (
	fields: Record<string, string>,
	headers: Record<string, string> = {},
	path = '/v2/requests.json',
) =>
	http.inject({
		method: 'POST',
		url: `/open311${path}`,
		remoteAddress: `203.0.113.${visitor}`,
		headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
		payload: new URLSearchParams(fields).toString(),
	});
const parser = new XMLParser({
	parseTagValue: false,
	isArray: (name) => name === 'request' || name === 'error',
});
const countReports = async () =>
	Number(
		(await made.platform.pool.query('SELECT count(*)::int AS count FROM operations.report')).rows[0].count,
	);

describe('services', () => {
	it('are told in XML by default, in JSON when asked, in the reader’s language, to any origin', async () => {
		const xml = await get('/v2/services');
		expect(xml.headers['content-type']).toBe('text/xml; charset=utf-8');
		expect(xml.headers['access-control-allow-origin']).toBe('*');
		expect(XMLValidator.validate(xml.body)).toBe(true);
		expect(parser.parse(xml.body).services.service.length).toBeGreaterThan(5);
		const json = (await get('/v2/services.json?lang=en')).json();
		expect(json).toContainEqual(
			expect.objectContaining({ service_code: 'pothole', type: 'realtime', metadata: false }),
		);
		expect((await get('/v2/services.json')).json()[0].service_name).not.toBe(json[0].service_name);
		expect((await get('/v2/services', { accept: 'application/json' })).json()).toHaveLength(json.length);
	});

	it('have a definition, and a discovery document leads to them', async () => {
		expect((await get('/v2/services/pothole.json')).json()).toEqual({
			service_code: 'pothole',
			attributes: [],
		});
		expect((await get('/v2/services/magic.xml')).statusCode).toBe(404);
		const discovery = parser.parse((await get('/discovery.xml')).body).discovery;
		expect(discovery.endpoints.endpoint).toMatchObject({
			url: 'http://localhost:8080/open311/v2',
			formats: { format: ['text/xml', 'application/json'] },
		});
		expect((await get('/v2/discovery.json')).json().endpoints[0].formats).toEqual([
			'text/xml',
			'application/json',
		]);
	});
});

describe('a request', () => {
	it('becomes a report and an intervention, without the name and telephone that came with it, and is read back', async () => {
		const sent = await post({
			service_code: 'pothole',
			...here,
			description: 'Trou <profond> & dangereux',
			email: 'camille@example.org',
			first_name: 'Camille',
			last_name: 'Secret',
			phone: '0600000000',
			device_id: 'abc-device',
			media_url: 'http://169.254.169.254/latest/meta-data',
		});
		expect(sent.statusCode).toBe(201);
		const [receipt] = sent.json();
		expect(receipt.service_request_id).toMatch(/^S-2026-\d{4}$/);
		const dump = await made.platform.pool.query(
			'SELECT row_to_json(report)::text AS text FROM operations.report WHERE number = $1',
			[receipt.service_request_id],
		);
		expect(dump.rows[0].text).toContain('"via":"open311"');
		for (const secret of ['Secret', '0600000000', 'abc-device', '169.254'])
			expect(dump.rows[0].text).not.toContain(secret);
		const { items } = await made.operations.interventions
			.list(system, { sourceKind: 'report' })
			.then((list) => (list.ok ? list.value : { items: [] }));
		expect(items[0]?.category.code).toBe('pothole');

		const read = parser.parse((await get(`/v2/requests/${receipt.service_request_id}.xml`)).body);
		// Words of residents are shown once an agent let them through.
		expect(read.service_requests.request[0]).toMatchObject({
			service_request_id: receipt.service_request_id,
			status: 'open',
			service_code: 'pothole',
			description: '',
			lat: '48.3',
			long: '3.7',
			requested_datetime: '2026-11-24T08:00:00Z',
			media_url: '',
		});
		const token = /signalements\/([\w-]+)/.exec(receipt.service_notice)?.[1];
		expect((await get(`/v2/tokens/${token}.json`)).json()).toEqual([
			{ service_request_id: receipt.service_request_id, token },
		]);

		const report = (await made.operations.interventions.reports.queue(system, {})) as {
			ok: true;
			value: { items: { id: string; number: string; interventionId: string }[] };
		};
		const own = report.value.items.find(({ number }) => number === receipt.service_request_id);
		const change = await made.operations.interventions.change(system, own?.interventionId ?? '', null, {
			status: 'done',
			publicAnswer: 'Rebouché & <signé>',
		});
		expect(change.ok).toBe(true);
		const closed = (await get(`/v2/requests.json?service_request_id=${receipt.service_request_id}`)).json();
		expect(closed[0]).toMatchObject({ status: 'closed', status_notes: 'Rebouché & <signé>' });
		const xml = (await get('/v2/requests.xml?status=closed')).body;
		expect(xml).toContain('Rebouché &amp; &lt;signé&gt;');
		expect((await get('/v2/requests.json?status=open&service_code=pothole')).json()).toEqual([]);
	});

	it('repeated with its Idempotency-Key is one; a photo comes as multipart', async () => {
		const before = await countReports();
		const fields = { service_code: 'pothole', ...here, description: 'Encore' };
		const key = { 'idempotency-key': 'appli-7f3a-0001' };
		const answers = await Promise.all([1, 2, 3].map(() => post(fields, key)));
		expect(new Set(answers.map((answer) => answer.json()[0].service_request_id)).size).toBe(1);
		expect(await countReports()).toBe(before + 1);

		const form = new FormData();
		for (const [name, text] of Object.entries(fields)) form.append(name, text);
		const picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#468' } })
			.png()
			.toBuffer();
		form.append('media', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'trou.png');
		const encoded = new Response(form);
		const sent = await http.inject({
			method: 'POST',
			url: '/open311/v2/requests.json',
			remoteAddress: `203.0.113.${visitor}`,
			headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
			payload: Buffer.from(await encoded.arrayBuffer()),
		});
		expect(sent.statusCode).toBe(201);
		const { rows } = await made.platform.pool.query(
			"SELECT count(*)::int AS count FROM operations.photo WHERE subject_kind = 'report'",
		);
		expect(rows[0].count).toBe(1);
	});

	it('needs a key where the town says so, and refuses a wrong one always', async () => {
		const fields = { service_code: 'pothole', ...here };
		expect((await post({ ...fields, api_key: 'pk_wrong' })).json()).toEqual([
			{ code: 403, description: '403: api_key is not known' },
		]);
		const manager = await made.person('Julien', 'operations:manager');
		await made.operations.exchange.open311.save(manager, {
			keyRequired: true,
			jurisdiction: 'valbrune.example',
		});
		try {
			expect((await post(fields)).statusCode).toBe(403);
			const key = await made.identity.createSystemApiKey(['operations:write']);
			expect((await post({ ...fields, api_key: key })).statusCode).toBe(201);
			const weak = await made.identity.createSystemApiKey(['operations:read']);
			expect((await post({ ...fields, api_key: weak })).statusCode).toBe(403);
			expect((await get('/v2/services?jurisdiction_id=elsewhere.example')).statusCode).toBe(404);
			expect((await get('/v2/services?jurisdiction_id=valbrune.example')).statusCode).toBe(200);
		} finally {
			await made.operations.exchange.open311.save(manager, { keyRequired: false, jurisdiction: null });
		}
	});
});

describe('what makes no sense', () => {
	const cases: [string, Record<string, string>, number, string][] = [
		['no service_code', here, 400, 'service_code was not provided'],
		['an unknown service', { service_code: 'magic', ...here }, 404, 'service_code was not found'],
		['no location', { service_code: 'pothole' }, 400, 'location was not provided'],
		['half a position', { service_code: 'pothole', lat: '48.3' }, 400, 'both given'],
		[
			'coordinates in words',
			{ service_code: 'pothole', lat: 'NaN', long: 'Infinity' },
			400,
			'decimal degrees',
		],
		['an exponent', { service_code: 'pothole', lat: '1e9', long: '3' }, 400, 'decimal degrees'],
		['a wrong address', { service_code: 'pothole', ...here, email: 'nobody' }, 400, '400'],
		['an endless text', { service_code: 'pothole', ...here, description: 'x'.repeat(20_000) }, 400, '400'],
		['a text that is not UTF-8', { service_code: 'pothole', ...here, description: '\ufffd' }, 400, 'UTF-8'],
		['another jurisdiction', { service_code: 'pothole', ...here, jurisdiction_id: 'x' }, 404, 'jurisdiction'],
	];
	it.each(cases)('is refused in the shape of the specification: %s', async (_what, fields, code, words) => {
		const before = await countReports();
		const json = await post(fields);
		expect(json.statusCode).toBe(code);
		expect(json.json()[0]).toMatchObject({ code, description: expect.stringContaining(words) });
		const xml = await post(fields, {}, '/v2/requests.xml');
		expect(parser.parse(xml.body).errors.error[0].code).toBe(String(code));
		expect(await countReports()).toBe(before);
	});

	it.each([
		'/v2/requests?start_date=yesterday',
		'/v2/requests?end_date=2026-11-24',
		'/v2/requests?start_date=2026-11-24T00:00:00Z&end_date=2026-11-01T00:00:00Z',
		'/v2/requests?status=maybe',
		'/v2/requests?page=-1',
		'/v2/requests/S-1%00%3Cscript%3E',
		'/v2/nothing',
		'/v1/services',
	])('%s', async (url) => {
		const answer = await get(url);
		expect(answer.statusCode).toBeGreaterThanOrEqual(400);
		expect(answer.statusCode).toBeLessThan(500);
		expect(answer.headers['content-type']).toMatch(/^(text\/xml|application\/problem\+json)/);
	});

	it('a body of another kind, too large or broken', async () => {
		const send = (contentType: string, payload: string | Buffer) =>
			http.inject({
				method: 'POST',
				url: '/open311/v2/requests.json',
				headers: { 'content-type': contentType },
				payload,
			});
		const answers = [
			await send('application/json', '{"service_code":"pothole"}'),
			await send('application/x-www-form-urlencoded', `description=${'x'.repeat(100_000)}`),
			await send('application/x-www-form-urlencoded', Buffer.from([0x61, 0x3d, 0xff, 0xfe, 0x80])),
			await send('multipart/form-data', 'no boundary'),
			await send('multipart/form-data; boundary=x', '--x\r\nContent-Disposition: nonsense\r\n\r\n'),
			await send('text/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
		];
		expect(answers.map(({ statusCode }) => statusCode)).toEqual([415, 413, 400, 400, 400, 415]);
		for (const answer of answers) expect(answer.json()[0].code).toBe(answer.statusCode);
	});

	it('of any sort, is answered in shape and leaves nothing half written', async () => {
		const before = await countReports();
		const wild = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 60 }),
			fc.constantFrom(
				'pothole',
				'48.3',
				'3.7',
				'\0',
				']]>',
				'<!--',
				'&#0;',
				'../../etc',
				"'; DROP TABLE x; --",
				'९',
			),
		);
		const names = [
			'service_code',
			'lat',
			'long',
			'address_string',
			'description',
			'email',
			'api_key',
			'attribute[x]',
		];
		await fc.assert(
			fc.asyncProperty(
				fc.dictionary(fc.constantFrom(...names), wild),
				fc.constantFrom('.json', '.xml', ''),
				async (fields, suffix) => {
					visitor = (visitor % 250) + 1;
					const answer = await post(fields, {}, `/v2/requests${suffix}`);
					expect(answer.statusCode).toBeLessThan(500);
					if (suffix === '.json') expect(Array.isArray(answer.json())).toBe(true);
					else expect(XMLValidator.validate(answer.body)).toBe(true);
				},
			),
			{ numRuns: 150 },
		);
		const { rows } = await made.platform.pool.query(
			"SELECT count(*)::int AS count FROM operations.report WHERE intervention_id IS NULL AND status <> 'held'",
		);
		expect(rows[0].count).toBe(0);
		expect(await countReports()).toBeGreaterThanOrEqual(before);
	});
});

describe('reading and writing', () => {
	it('any text survives XML, but for what XML cannot hold', () => {
		const one = new XMLParser({ parseTagValue: false, trimValues: false });
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const item: Item = { a: text };
				const xml = writeDocument('xml', 'root', item);
				expect(XMLValidator.validate(xml)).toBe(true);
				const plain = text.toWellFormed();
				if (!/[<>&"'\r\p{Cc}\ufffe\uffff]/u.test(plain)) expect(one.parse(xml).root.a ?? '').toBe(plain);
				expect(JSON.parse(writeDocument('json', 'root', item)).a).toBe(text);
			}),
		);
		expect(writeDocument('xml', 'r', { a: '</a><b>&"\u0000' })).toContain(
			'<a>&lt;/a&gt;&lt;b&gt;&amp;&quot;</a>',
		);
	});

	it('a span of dates is never longer than 90 days, whatever is asked', () => {
		const day = 86_400_000;
		fc.assert(
			fc.property(
				fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })),
				fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })),
				(start, end) => {
					const asked = readQuery(
						{
							...(start && { start_date: start.toISOString() }),
							...(end && { end_date: end.toISOString() }),
						},
						new Date('2026-11-24T08:00:00Z'),
					);
					if (!asked.ok) return;
					expect(asked.value.to.getTime() - asked.value.from.getTime()).toBeLessThanOrEqual(90 * day);
				},
			),
		);
		expect(readInstant('2026-11-24T08:00:00 01:00')?.toISOString()).toBe('2026-11-24T07:00:00.000Z');
		expect(readInstant('2026-11-24T08:00:00-05:00')?.toISOString()).toBe('2026-11-24T13:00:00.000Z');
		for (const text of ['2026-11-24', 'now', '2026-13-01T00:00:00Z', '2026-11-24T08:00:00'])
			expect(readInstant(text)).toBeNull();
		fc.assert(
			fc.property(fc.string(), fc.string(), (lat, long) => {
				const at = readPosition({ lat, long });
				if (at.ok && at.value) expect(Math.abs(at.value.latitude)).toBeLessThanOrEqual(90);
			}),
		);
	});
});
