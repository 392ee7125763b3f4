import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Outgoing, Sealing } from '@parvis/platform';
import { type AnyTransaction, asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import type { LightGateway, LightGateways } from './face.ts';
import { readLogReport } from './rules/talq.ts';

const mostGateways = 50;
/** Reports that nobody took yet: the controlling process is away. */
const mostWaitingReports = 1000;

const hashOf = (token: string) => createHash('sha256').update(token).digest();

export function createGateways(context: Context, outgoing: Outgoing, sealing: Sealing): LightGateways {
	const { platform, db, now } = context;
	const input = z.object({
		name: textInput(120, 'operations.light_gateway_unnamed'),
		url: z
			.string()
			.trim()
			.max(1000)
			.refine((text) => URL.canParse(text) && outgoing.mayAsk(new URL(text)), 'operations.light_gateway_url')
			.transform((text) => {
				const url = new URL(text);
				return url.origin + url.pathname.replace(/\/+$/, '');
			}),
		apiVersion: z
			.string()
			.trim()
			.regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/, 'operations.light_gateway_version')
			.default('2.3.0'),
		lampFunction: z
			.string()
			.trim()
			.regex(/^[A-Za-z0-9._:-]{0,100}$/, 'operations.light_gateway_function')
			.default('LampActuator'),
		bearerToken: z
			.string()
			.trim()
			.regex(/^[\x21-\x7e]{0,2000}$/, 'operations.light_gateway_token')
			.default(''),
	});

	return {
		async list(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<LightGateway>`
				SELECT gateway.id, gateway.name, gateway.url, gateway.api_version AS "apiVersion",
					gateway.lamp_function AS "lampFunction", gateway.bearer_token IS NOT NULL AS "sendsToken",
					coalesce(state.reached, false) AS reached, state.answered_at AS "answeredAt",
					state.heard_at AS "heardAt", state.problem, state.problem_at AS "problemAt",
					(SELECT coalesce(json_agg(json_build_object('id', cabinet.id, 'name', cabinet.name) ORDER BY cabinet.name), '[]')
						FROM operations.light_cabinet cabinet WHERE cabinet.gateway_id = gateway.id) AS cabinets,
					lamps.count AS "luminaireCount", lamps.waiting
				FROM operations.light_gateway gateway
				LEFT JOIN operations.light_gateway_state state ON state.gateway_id = gateway.id
				CROSS JOIN LATERAL (
					SELECT count(*)::int AS count,
						count(*) FILTER (WHERE command.acknowledged_at IS NULL AND command.id IS NOT NULL)::int AS waiting
					FROM operations.luminaire lamp
					JOIN operations.light_cabinet cabinet ON cabinet.id = lamp.cabinet_id
					LEFT JOIN LATERAL (
						SELECT last.id, last.acknowledged_at FROM operations.light_command last
						WHERE last.luminaire_id = lamp.id ORDER BY last.published_at DESC, last.id DESC LIMIT 1) command ON true
					WHERE cabinet.gateway_id = gateway.id AND lamp.retired_at IS NULL) lamps
				ORDER BY gateway.name`.execute(db);
			return ok(rows);
		},

		async cabinets(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			return ok(
				await db
					.selectFrom('operations.light_cabinet')
					.select(['id', 'name', 'gateway_id as gatewayId'])
					.orderBy('name')
					.execute(),
			);
		},

		async create(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { name, url, apiVersion, lampFunction, bearerToken } = parsed.value;
			const token = randomBytes(24).toString('base64url');
			const id = newId();
			return changing(db, async (trx) => {
				const { count } = await trx
					.selectFrom('operations.light_gateway')
					.select(sql<number>`count(*)::int`.as('count'))
					.executeTakeFirstOrThrow();
				if (count >= mostGateways) return refuse('operations.light_gateway_too_many');
				const added = await trx
					.insertInto('operations.light_gateway')
					.values({
						id,
						name,
						url,
						api_version: apiVersion,
						lamp_function: lampFunction,
						token_hash: hashOf(token).toString('hex'),
						bearer_token: bearerToken ? sealing.seal(bearerToken) : null,
						created_at: now(),
					})
					.onConflict((conflict) => conflict.column('name').doNothing())
					.executeTakeFirst();
				if (!added.numInsertedOrUpdatedRows) return refuse('operations.light_gateway_name_taken');
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.light_gateway.created',
					subject: `light_gateway:${id}`,
					detail: { name, host: new URL(url).host },
				});
				return ok({ id, token });
			});
		},

		async renewToken(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const token = randomBytes(24).toString('base64url');
			return changing(db, async (trx) => {
				const changed = await trx
					.updateTable('operations.light_gateway')
					.set({ token_hash: hashOf(token).toString('hex') })
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!changed.numUpdatedRows) return refuse('operations.light_gateway_unknown');
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.light_gateway.token_renewed',
					subject: `light_gateway:${id}`,
				});
				return ok(token);
			});
		},

		async assign(actor, id, cabinetIds) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const gateway = await trx
					.selectFrom('operations.light_gateway')
					.select('id')
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!gateway) return refuse('operations.light_gateway_unknown');
				const chosen = [...cabinetIds.map(asId), asId(null)];
				await trx
					.updateTable('operations.light_cabinet')
					.set({ gateway_id: null })
					.where('gateway_id', '=', gateway.id)
					.where('id', 'not in', chosen)
					.execute();
				await trx
					.updateTable('operations.light_cabinet')
					.set({ gateway_id: gateway.id })
					.where('id', 'in', chosen)
					.execute();
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.light_gateway.cabinets_changed',
					subject: `light_gateway:${id}`,
					detail: { cabinets: cabinetIds.length },
				});
				return ok(null);
			});
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const gone = await trx
					.deleteFrom('operations.light_gateway')
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!gone.numDeletedRows) return refuse('operations.light_gateway_unknown');
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.light_gateway.removed',
					subject: `light_gateway:${id}`,
				});
				return ok(null);
			});
		},

		async holds(id, token) {
			const gateway = await db
				.selectFrom('operations.light_gateway')
				.select('token_hash')
				.where('id', '=', asId(id))
				.executeTakeFirst();
			return (
				token !== null &&
				gateway !== undefined &&
				timingSafeEqual(hashOf(token), Buffer.from(gateway.token_hash, 'hex'))
			);
		},

		async receive(id, report) {
			const at = now();
			const news = readLogReport(report, at.getTime());
			if (!news) return refuse('operations.light_report_unreadable');
			const waiting = await db
				.selectFrom('operations.light_gateway_report')
				.select(sql<number>`count(*)::int`.as('count'))
				.where('gateway_id', '=', asId(id))
				.executeTakeFirstOrThrow();
			if (waiting.count >= mostWaitingReports) return refuse('operations.light_reports_too_many');
			return changing(db, async (trx) => {
				if (news.length)
					await trx
						.insertInto('operations.light_gateway_report')
						.values({ gateway_id: asId(id), received_at: at, news: JSON.stringify(news) })
						.execute();
				await trx
					.insertInto('operations.light_gateway_state')
					.values({ gateway_id: asId(id), heard_at: at })
					.onConflict((conflict) => conflict.column('gateway_id').doUpdateSet({ heard_at: at }))
					.execute();
				return ok(null);
			});
		},
	};
}
