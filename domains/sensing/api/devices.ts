import type {
	Actor,
	FastifyPluginAsyncZod,
	FastifyReply,
	FastifyRequest,
	Platform,
	Result,
} from '@parvis/platform';
import { problem } from '@parvis/platform';
import { z } from 'zod';
import type { Device, Devices, ImportReport, Tray } from '../face.ts';
import { refusal } from './answer.ts';
import {
	device,
	deviceBody,
	importBody,
	importReport,
	page,
	paging,
	searchText,
	value,
	waitingDevice,
} from './schemas.ts';

const unknown = ['sensing.device_unknown', 'sensing.waiting_device_unknown'];
const tags = ['devices'];
const security = [{ key: [] }];
const params = z.object({ id: z.uuid() });
const refusals = { 400: problem, 401: problem, 403: problem, 404: problem, 409: problem };
const importLimitBytes = 32 * 1024 * 1024;

export function devicesApi(platform: Platform, devices: Devices, tray: Tray): FastifyPluginAsyncZod {
	function report(request: FastifyRequest, reply: FastifyReply, result: Result<ImportReport>) {
		if (!result.ok) return refusal(platform, request, reply, result);
		const refused = result.value.refused.map((row) => ({
			...row,
			message: platform.messages.t(request.locale, row.error, row.detail),
		}));
		return reply.code(200).send({ ...result.value, refused });
	}

	return async (api) => {
		api.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => done(null, body));

		api.get(
			'/devices',
			{
				schema: {
					tags,
					security,
					summary: 'Devices (scope devices:read)',
					querystring: z.object({
						text: searchText(200).optional(),
						type: z.uuid().optional(),
						place: z.uuid().optional(),
						service: searchText(100).optional(),
						state: z.enum(['active', 'never_seen', 'live', 'silent', 'retired']).optional(),
						lowBattery: z.stringbool().optional(),
						sort: z.enum(['name', 'type', 'lastSeen', 'battery']).optional(),
						descending: z.stringbool().optional(),
						...paging,
					}),
					response: { 200: page(device), ...refusals },
				},
			},
			async (request, reply) => {
				const { type, place, ...filter } = request.query;
				const result = await devices.list(request.actor, { ...filter, typeId: type, placeId: place });
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result);
			},
		);

		api.get(
			'/devices/:id',
			{
				schema: {
					tags,
					security,
					summary: 'One device with its latest values and last uplink',
					params,
					response: {
						200: device.extend({ values: z.array(value), lastUplink: z.unknown() }),
						...refusals,
					},
				},
			},
			async (request, reply) => {
				const result = await devices.get(request.actor, request.params.id);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
			},
		);

		api.post(
			'/devices',
			{
				schema: {
					tags,
					security,
					summary: 'Declare a device; what waits for it in the tray goes in (scope devices:write)',
					body: deviceBody,
					response: { 201: device, ...refusals },
				},
			},
			async (request, reply) => {
				const result = await devices.create(request.actor, request.body);
				return result.ok ? reply.code(201).send(result.value) : refusal(platform, request, reply, result);
			},
		);

		api.patch(
			'/devices/:id',
			{
				schema: {
					tags,
					security,
					summary: 'Change a device (scope devices:write)',
					params,
					body: deviceBody.partial(),
					response: { 200: device, ...refusals },
				},
			},
			async (request, reply) => {
				const result = await devices.update(request.actor, request.params.id, request.body);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
			},
		);

		const byId = (
			path: string,
			summary: string,
			act: (actor: Actor, id: string) => Promise<Result<Device>>,
		) =>
			api.post(
				path,
				{ schema: { tags, security, summary, params, response: { 200: device, ...refusals } } },
				async (request, reply) => {
					const result = await act(request.actor, request.params.id);
					return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
				},
			);
		byId(
			'/devices/:id/retire',
			'Retire a device; its observations stay (scope devices:write)',
			devices.retire,
		);
		byId('/devices/:id/reactivate', 'Take a retired device back (scope devices:write)', devices.reactivate);

		api.post(
			'/devices/:id/credential',
			{
				schema: {
					tags,
					security,
					summary: 'A new broker password for the device, shown this once (scope devices:write)',
					params,
					response: { 200: z.object({ username: z.string(), password: z.string() }), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await devices.renewCredential(request.actor, request.params.id);
				if (!result.ok) return refusal(platform, request, reply, result, unknown);
				return reply.header('cache-control', 'no-store').send(result.value);
			},
		);

		api.post(
			'/devices/import',
			{
				bodyLimit: importLimitBytes,
				schema: {
					tags,
					security,
					summary: 'Add or change many devices by their identifiers (scope devices:write)',
					description:
						'Fields that are absent keep what the device has. Refused ones are reported by their position, from 1; the others are written.',
					body: importBody,
					response: { 200: importReport, ...refusals },
				},
			},
			async (request, reply) => {
				const rows = request.body.devices.map((fields, index) => ({ line: index + 1, fields }));
				const { dryRun } = request.body;
				return report(request, reply, await devices.importMany(request.actor, rows, { dryRun }));
			},
		);

		api.post(
			'/devices/import.csv',
			{
				bodyLimit: importLimitBytes,
				schema: {
					tags,
					security,
					summary: 'The same from a CSV file (scope devices:write)',
					description:
						'Columns: name, type or vendor and model, devEui, externalId, place, longitude, latitude, service, expectedIntervalSeconds, visibility, parameters.<name>. Lines are counted as in the file.',
					consumes: ['text/csv'],
					querystring: z.object({ dryRun: z.stringbool().default(false) }),
					body: z.string(),
					response: { 200: importReport, ...refusals },
				},
			},
			async (request, reply) =>
				report(request, reply, await devices.importCsv(request.actor, request.body, request.query)),
		);

		api.get(
			'/waiting-devices',
			{
				schema: {
					tags,
					security,
					summary: 'Devices that send and that nobody declared (scope devices:read)',
					querystring: z.object({ text: searchText(200).optional(), ...paging }),
					response: { 200: page(waitingDevice), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await tray.list(request.actor, request.query);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result);
			},
		);

		api.post(
			'/waiting-devices/:id/adopt',
			{
				schema: {
					tags,
					security,
					summary: 'Declare a waiting device; its kept uplinks go in (scope devices:write)',
					params,
					body: deviceBody.omit({ devEui: true, externalId: true }),
					response: { 201: z.object({ device, replayed: z.int() }), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await tray.adopt(request.actor, request.params.id, request.body);
				return result.ok
					? reply.code(201).send(result.value)
					: refusal(platform, request, reply, result, unknown);
			},
		);

		api.post(
			'/waiting-devices/:id/ignore',
			{
				schema: {
					tags,
					security,
					summary: 'Take a waiting device out of the tray for good (scope devices:write)',
					params,
					response: { 204: z.null(), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await tray.ignore(request.actor, request.params.id);
				return result.ok ? reply.code(204).send(null) : refusal(platform, request, reply, result, unknown);
			},
		);
	};
}
