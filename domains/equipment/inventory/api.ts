import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	type Result,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import { categories, conditions, deviceStatuses } from '../kinds.ts';
import type { Devices } from './face.ts';
import { repairKinds, settableStatuses } from './rules/kinds.ts';

const tags = ['equipment'];
const security = [{ key: [] }];
const byReference = z.object({ reference: z.string().max(80) });
const text = z.string().max(200).optional();
const flag = z
	.enum(['true', 'false'])
	.transform((word) => word === 'true')
	.optional();
const day = z.iso.date().optional();
const note = z.string().max(1000).optional();

const statusOf: Readonly<Record<string, number>> = {
	'equipment.not_found': 404,
	'equipment.device_changed': 409,
	'equipment.tag_taken': 409,
};

const eventBody = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('assigned'),
		holder: z
			.object({
				name: z.string().max(120),
				email: z.string().max(254).optional(),
				service: z.string().max(120).optional(),
			})
			.optional(),
		service: z.string().max(120).nullish(),
		site: z.string().max(120).nullish(),
		on: day,
		note,
	}),
	z.object({
		kind: z.literal('returned'),
		condition: z.enum(conditions).optional(),
		site: z.string().max(120).nullish(),
		on: day,
		note,
	}),
	z.object({ kind: z.literal('status_changed'), status: z.enum(settableStatuses), note }),
	z.object({
		kind: z.literal('repaired'),
		what: z.enum(repairKinds),
		costCents: z.int().min(0).nullish(),
		supplier: z.string().max(200).nullish(),
		from: day,
		to: day,
		condition: z.enum(conditions).optional(),
		batteryHealthPercent: z.int().min(0).max(100).optional(),
		note,
	}),
	z.object({ kind: z.literal('battery_measured'), percent: z.int().min(0).max(100), on: day }),
	z.object({
		kind: z.literal('left'),
		as: z.enum(['reused', 'sold', 'donated', 'parts', 'recycled', 'lost']),
		on: day,
		note,
	}),
]);

/** /api/v1/equipment/devices, for keys with equipment:read or equipment:write and for the IT officer. */
export function createDevicesApi(platform: Platform, devices: Devices): FastifyPluginAsyncZod {
	const answer = (request: FastifyRequest, reply: FastifyReply, result: Result<unknown>, done = 200) => {
		if (result.ok) {
			const { version } = result.value as { version?: number };
			if (version !== undefined) reply.header('etag', `"${version}"`);
			return reply.code(done).send(result.value as object);
		}
		const { error, detail } = result;
		const forbidden = request.actor.kind === 'anonymous' ? 401 : 403;
		const status = error === 'platform.not_allowed' ? forbidden : (statusOf[error] ?? 400);
		return sendProblem(platform, request, reply, status, error, detail);
	};
	/** `"7"` or `7`; undefined: no version was named; one that never is when it is no version. */
	const versionOf = (request: FastifyRequest): number | undefined => {
		const header = request.headers['if-match'];
		if (header === undefined || header === '*') return undefined;
		return Number(/^(?:W\/)?"?(\d{1,9})"?$/.exec(header)?.[1] ?? -1);
	};

	return async (api) => {
		api.get(
			'/equipment/devices',
			{
				schema: {
					summary: 'Devices, those that have not left unless a status is given (scope equipment:read)',
					tags,
					security,
					querystring: z.object({
						text,
						status: z.enum([...deviceStatuses, 'any']).optional(),
						category: z.enum(categories).optional(),
						modelId: text,
						holderId: text,
						service: text,
						site: text,
						condition: z.enum(conditions).optional(),
						acquired: z.enum(['new', 'refurbished', 'reused']).optional(),
						problem: flag,
						unsupported: flag,
						yearsFrom: z.coerce.number().min(0).max(100).optional(),
						yearsTo: z.coerce.number().min(0).max(100).optional(),
						changedSince: z.iso
							.datetime({ offset: true })
							.transform((at) => new Date(at))
							.optional(),
						sort: z.enum(['tag', 'model', 'holder', 'service', 'age', 'status', 'changed']).optional(),
						descending: flag,
						page: z.coerce.number().int().min(1).max(100_000).default(1),
						pageSize: z.coerce.number().int().min(1).max(500).default(50),
					}),
				},
			},
			async (request, reply) => answer(request, reply, await devices.list(request.actor, request.query)),
		);
		api.post(
			'/equipment/devices',
			{
				schema: {
					summary: 'Take in a device (scope equipment:write)',
					tags,
					security,
					body: z.record(z.string(), z.unknown()),
				},
			},
			async (request, reply) =>
				answer(request, reply, await devices.create(request.actor, request.body), 201),
		);
		api.get(
			'/equipment/devices/:reference',
			{
				schema: {
					summary: 'One device by id or tag; its ETag is its version (scope equipment:read)',
					tags,
					security,
					params: byReference,
				},
			},
			async (request, reply) =>
				answer(request, reply, await devices.get(request.actor, request.params.reference)),
		);
		api.patch(
			'/equipment/devices/:reference',
			{
				schema: {
					summary: 'Correct a device; with If-Match only that version (scope equipment:write)',
					tags,
					security,
					params: byReference,
					body: z.record(z.string(), z.unknown()),
				},
			},
			async (request, reply) =>
				answer(
					request,
					reply,
					await devices.edit(request.actor, request.params.reference, versionOf(request), request.body),
				),
		);
		api.get(
			'/equipment/devices/:reference/history',
			{
				schema: {
					summary: 'What happened to it, latest first (scope equipment:read)',
					tags,
					security,
					params: byReference,
				},
			},
			async (request, reply) => {
				const device = await devices.get(request.actor, request.params.reference);
				if (!device.ok) return answer(request, reply, device);
				const history = await devices.history(request.actor, device.value.id);
				return answer(request, reply, history.ok ? { ok: true, value: { items: history.value } } : history);
			},
		);
		api.post(
			'/equipment/devices/:reference/events',
			{
				schema: {
					summary: 'Say what happened to it: assigned, returned, repaired … (scope equipment:write)',
					tags,
					security,
					params: byReference,
					body: eventBody,
				},
			},
			async (request, reply) => {
				const { body, actor } = request;
				const of = [actor, request.params.reference, versionOf(request)] as const;
				const result = await (body.kind === 'assigned'
					? devices.assign(...of, given(body))
					: body.kind === 'returned'
						? devices.takeBack(...of, given(body))
						: body.kind === 'status_changed'
							? devices.changeStatus(...of, given(body))
							: body.kind === 'repaired'
								? devices.repair(...of, given(body))
								: body.kind === 'battery_measured'
									? devices.measureBattery(...of, given(body))
									: devices.leave(...of, given(body)));
				return answer(request, reply, result);
			},
		);
	};
}

type Given<Body> = { [Key in keyof Body]: Exclude<Body[Key], undefined> };

/** The body without its kind and what was not said. */
function given<Body extends { kind: string }>(body: Body): Given<Omit<Body, 'kind'>> {
	return Object.fromEntries(
		Object.entries(body).filter(([name, value]) => name !== 'kind' && value !== undefined),
	) as Given<Omit<Body, 'kind'>>;
}
