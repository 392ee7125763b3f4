import { type Actor, changing, type Outgoing, ok, refuse, type Sealing } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { mayManage } from '../../policies.ts';
import type { Exchange, GlpiConnection } from '../face.ts';
import type { GlpiAccess } from './client.ts';

const token = z.string().trim().max(500).default('');

/** The town's GLPI: where it is, and the tokens by which it is asked. */
export function createGlpiConnection(context: Context, outgoing: Outgoing, sealing: Sealing) {
	const { db, platform, now } = context;
	const input = z.object({
		url: z
			.string()
			.trim()
			.max(500)
			.refine((text) => URL.canParse(text) && outgoing.mayAsk(new URL(text)), 'equipment.glpi_url')
			.transform((text) => new URL(text).href.replace(/\/+$/, ''))
			.refine((text) => /\/(apirest\.php|api\.php\/v1)$/.test(text), 'equipment.glpi_url_end'),
		appToken: token,
		userToken: token,
		nightly: z.boolean(),
	});

	const read = () => db.selectFrom('equipment.glpi_connection').selectAll().executeTakeFirst();

	async function shown(): Promise<GlpiConnection | null> {
		const row = await read();
		return row
			? {
					url: row.url,
					hasAppToken: row.app_token !== null,
					nightly: row.nightly,
					version: row.version,
					updatedAt: row.updated_at,
				}
			: null;
	}

	return {
		/** What it takes to ask; null where nothing is set, or was sealed under another secret. */
		async access(): Promise<GlpiAccess | null> {
			const row = await read();
			const userToken = row && sealing.open(row.user_token);
			return row && userToken
				? { url: row.url, appToken: row.app_token && sealing.open(row.app_token), userToken }
				: null;
		},

		async isNightly(): Promise<boolean> {
			return (await read())?.nightly ?? false;
		},

		async connection(actor: Actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return ok(await shown());
		},

		async save(actor: Actor, given: unknown) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { url, appToken, userToken, nightly } = parsed.value;
			return changing(db, async (trx) => {
				const before = await trx.selectFrom('equipment.glpi_connection').selectAll().executeTakeFirst();
				if (!before && !userToken) return refuse('equipment.glpi_token_missing', { field: 'userToken' });
				// Tokens are for the server they were typed for: another one must not get them.
				if (before && new URL(before.url).origin !== new URL(url).origin && !userToken)
					return refuse('equipment.glpi_token_again', { field: 'userToken' });
				const moved = before !== undefined && new URL(before.url).origin !== new URL(url).origin;
				const row = {
					url,
					nightly,
					updated_at: now(),
					app_token: appToken ? sealing.seal(appToken) : moved ? null : (before?.app_token ?? null),
					user_token: userToken ? sealing.seal(userToken) : (before?.user_token as Buffer),
				};
				await trx
					.insertInto('equipment.glpi_connection')
					.values({ id: 1, ...row })
					.onConflict((conflict) =>
						conflict.column('id').doUpdateSet({ ...row, version: sql`glpi_connection.version + 1` }),
					)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.glpi.saved',
					detail: { host: new URL(url).host, nightly },
				});
				return ok(null);
			}).then(async (saved) => (saved.ok ? ok((await shown()) as GlpiConnection) : saved));
		},

		async remove(actor: Actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				await trx.deleteFrom('equipment.glpi_connection').execute();
				await platform.audit.record(trx, { actor, action: 'equipment.glpi.removed' });
				return ok(null);
			});
		},
	} satisfies Omit<Exchange['glpi'], 'run'> & Record<string, unknown>;
}
