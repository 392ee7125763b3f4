import type { FastifyPluginAsyncZod, Platform } from '@parvis/platform';
import { problem } from '@parvis/platform';
import { z } from 'zod';
import type { DeviceTypes } from '../face.ts';
import { refusal } from './answer.ts';
import { deviceType, deviceTypeBody, mapping } from './schemas.ts';

const unknown = ['sensing.type_unknown'];
const tags = ['devices'];
const security = [{ key: [] }];
const params = z.object({ id: z.uuid() });
const refusals = { 400: problem, 401: problem, 403: problem, 404: problem, 409: problem };

export function deviceTypesApi(platform: Platform, types: DeviceTypes): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/device-types',
			{
				schema: {
					tags,
					security,
					summary: 'Device types (scope devices:read)',
					response: { 200: z.object({ items: z.array(deviceType) }), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await types.list(request.actor);
				return result.ok ? reply.send({ items: result.value }) : refusal(platform, request, reply, result);
			},
		);

		api.get(
			'/device-types/:id',
			{
				schema: {
					tags,
					security,
					summary: 'One device type, with its codec',
					params,
					response: { 200: deviceType, ...refusals },
				},
			},
			async (request, reply) => {
				const result = await types.get(request.actor, request.params.id);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
			},
		);

		api.post(
			'/device-types',
			{
				schema: {
					tags,
					security,
					summary: 'Add a device type, or change the one of this vendor and model (scope devices:write)',
					body: deviceTypeBody,
					response: {
						200: deviceType.describe('It was there, and has been changed where it differed'),
						201: deviceType.describe('It is new'),
						...refusals,
					},
				},
			},
			async (request, reply) => {
				const result = await types.upsert(request.actor, request.body);
				if (!result.ok) return refusal(platform, request, reply, result);
				return reply.code(result.value.created ? 201 : 200).send(result.value.type);
			},
		);

		api.patch(
			'/device-types/:id',
			{
				schema: {
					tags,
					security,
					summary: 'Change a device type; it applies to later uplinks (scope devices:write)',
					params,
					body: deviceTypeBody.partial(),
					response: { 200: deviceType, ...refusals },
				},
			},
			async (request, reply) => {
				const result = await types.update(request.actor, request.params.id, request.body);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result, unknown);
			},
		);

		api.delete(
			'/device-types/:id',
			{
				schema: {
					tags,
					security,
					summary: 'Remove a device type that no device is of (scope devices:write)',
					params,
					response: { 204: z.null(), ...refusals },
				},
			},
			async (request, reply) => {
				const result = await types.remove(request.actor, request.params.id);
				return result.ok ? reply.code(204).send(null) : refusal(platform, request, reply, result, unknown);
			},
		);

		api.post(
			'/device-types/try',
			{
				schema: {
					tags,
					security,
					summary: 'Try a codec and mapping on one payload (scope devices:write)',
					body: z.object({
						codecSource: z.string().nullable(),
						mapping,
						bytes: z.string().max(2048).describe('Hexadecimal or base64'),
						fPort: z.int().min(0).max(255).nullable().default(null),
						deviceParameters: z.record(z.string(), z.number()).optional(),
					}),
					response: {
						200: z.object({
							data: z.record(z.string(), z.unknown()).nullable(),
							warnings: z.array(z.string()),
							errors: z.array(z.string()),
							values: z.array(
								z.object({
									property: z.string(),
									label: z.object({ fr: z.string(), en: z.string() }),
									unit: z.string(),
									symbol: z.string(),
									value: z.number(),
								}),
							),
							unusable: z.array(z.string()).describe('Fields that no number can be made of'),
						}),
						...refusals,
					},
				},
			},
			async (request, reply) => {
				const result = await types.tryOut(request.actor, request.body);
				return result.ok ? reply.send(result.value) : refusal(platform, request, reply, result);
			},
		);
	};
}
