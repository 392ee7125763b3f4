import type { Outgoing, Sealing } from '@parvis/platform';
import { type AnyTransaction, asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../../context.ts';
import { mayManage } from '../../policies.ts';
import type { ForwardedReport, Forwarding, Open311Server } from '../face.ts';
import { giveUpAfter } from '../rules/backoff.ts';
import type { Open311Client } from './client.ts';
import { forwardJob } from './passing-on.ts';

/** Servers of others and which categories they take over. */
export function createForwarding(
	context: Context,
	client: Open311Client,
	outgoing: Outgoing,
	sealing: Sealing,
): Forwarding {
	const { platform, db, now } = context;
	const input = z.object({
		name: textInput(100, 'operations.server_name'),
		url: z
			.string()
			.trim()
			.max(500)
			.refine((text) => URL.canParse(text) && outgoing.mayAsk(new URL(text)), 'operations.webhook_url')
			.transform((text) => {
				const { origin, pathname } = new URL(text);
				return `${origin}${pathname}`.replace(/\/+$/, '');
			}),
		jurisdiction: textInput(100).nullish(),
		apiKey: z.string().trim().max(500).nullish(),
		enabled: z.boolean(),
	});

	const find = (within: Db, id: string) =>
		within.selectFrom('operations.open311_server').selectAll().where('id', '=', asId(id)).executeTakeFirst();

	return {
		async servers(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<Open311Server>`
				SELECT server.id, name, url, jurisdiction, api_key IS NOT NULL AS "hasKey", enabled,
					answered_at AS "answeredAt", last_error AS "lastError",
					coalesce((SELECT json_agg(json_build_object('categoryId', category.id, 'serviceCode', route.service_code,
							'category', json_build_object('fr', category.name_fr, 'en', category.name_en)) ORDER BY category.name_fr)
						FROM operations.open311_route route JOIN operations.category ON category.id = route.category_id
						WHERE route.server_id = server.id), '[]') AS routes,
					(SELECT json_build_object(
							'waiting', count(*) FILTER (WHERE status IN ('waiting', 'sending')),
							'sent', count(*) FILTER (WHERE status = 'sent'),
							'refused', count(*) FILTER (WHERE status = 'refused'),
							'failed', count(*) FILTER (WHERE status = 'failed'),
							'closed', count(*) FILTER (WHERE status = 'closed'))
						FROM operations.open311_forward forward WHERE forward.server_id = server.id) AS counts
				FROM operations.open311_server server ORDER BY name, id`.execute(db);
			return ok(rows);
		},

		async save(actor, given, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { apiKey, jurisdiction, ...rest } = parsed.value;
			return changing(db, async (trx) => {
				const before = id === undefined ? null : await find(trx, id);
				if (before === undefined) return refuse('operations.server_unknown');
				const at = now();
				const row = {
					...rest,
					jurisdiction: jurisdiction || null,
					updated_at: at,
					...(apiKey && { api_key: sealing.seal(apiKey) }),
				};
				const own = before?.id ?? newId();
				if (before)
					await trx.updateTable('operations.open311_server').set(row).where('id', '=', own).execute();
				else
					await trx
						.insertInto('operations.open311_server')
						.values({ ...row, id: own, created_at: at })
						.execute();
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.open311_server.saved',
					subject: `open311_server:${own}`,
					detail: { host: new URL(rest.url).host, enabled: rest.enabled },
				});
				return ok(own);
			});
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const gone = await trx
					.deleteFrom('operations.open311_server')
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!gone.numDeletedRows) return refuse('operations.server_unknown');
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.open311_server.removed',
					subject: `open311_server:${id}`,
				});
				return ok(null);
			});
		},

		async services(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const server = await find(db, id);
			if (!server) return refuse('operations.server_unknown');
			const answer = await client.services({
				url: server.url,
				jurisdiction: server.jurisdiction,
				apiKey: null,
			});
			await db
				.updateTable('operations.open311_server')
				.set(answer.ok ? { answered_at: now(), last_error: null } : { last_error: answer.error })
				.where('id', '=', server.id)
				.execute();
			return answer.ok ? ok(answer.value) : refuse('operations.server_silent', { reason: answer.error });
		},

		async route(actor, id, categoryId, serviceCode) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const code = parseInput(textInput(200), serviceCode);
			if (!code.ok) return code;
			return changing(db, async (trx) => {
				if (!(await find(trx, id))) return refuse('operations.server_unknown');
				const category = await trx
					.selectFrom('operations.category')
					.select(['id', 'code'])
					.where('id', '=', asId(categoryId))
					.executeTakeFirst();
				if (!category) return refuse('operations.category_unknown');
				await trx
					.deleteFrom('operations.open311_route')
					.where('category_id', '=', category.id)
					.$if(code.value === '', (query) => query.where('server_id', '=', id))
					.execute();
				if (code.value !== '')
					await trx
						.insertInto('operations.open311_route')
						.values({ category_id: category.id, server_id: id, service_code: code.value })
						.execute();
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.open311_server.routed',
					subject: `open311_server:${id}`,
					detail: { category: category.code, serviceCode: code.value },
				});
				return ok(null);
			});
		},

		async log(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('operations.open311_forward as forward')
				.innerJoin('operations.report as report', 'report.id', 'forward.report_id')
				.select([
					'forward.report_id as reportId',
					'report.number',
					'forward.status',
					'forward.remote_id as remoteId',
					'forward.remote_status as remoteStatus',
					'forward.remote_notes as remoteNotes',
					'forward.attempts',
					'forward.last_error as lastError',
					'forward.created_at as createdAt',
					'forward.sent_at as sentAt',
				])
				.where('forward.server_id', '=', asId(id))
				.orderBy('forward.created_at', 'desc')
				.limit(100)
				.$castTo<ForwardedReport>()
				.execute();
			return ok(rows);
		},

		async resend(actor, reportId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const at = now();
				const row = await trx
					.updateTable('operations.open311_forward')
					.set({ status: 'waiting', due_at: at, give_up_at: new Date(at.getTime() + giveUpAfter) })
					.where('report_id', '=', asId(reportId))
					.where('status', 'in', ['refused', 'failed'])
					.returning(['report_id', 'server_id'])
					.executeTakeFirst();
				if (!row) return refuse('operations.delivery_unknown');
				await platform.jobs.send(
					forwardJob,
					{ reportId: row.report_id },
					{ trx: trx as unknown as AnyTransaction },
				);
				await platform.audit.record(trx as unknown as AnyTransaction, {
					actor,
					action: 'operations.open311_server.resent',
					subject: `open311_server:${row.server_id}`,
				});
				return ok(null);
			});
		},
	};
}
