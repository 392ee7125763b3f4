import { changing, newId, ok, refuse, textInput, tidyText } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, takingPart } from './context.ts';
import type { Communities } from './face.ts';
import { mayModerate } from './policies.ts';

const mostOfOnePerson = 10;

const communityInput = z.object({
	name: z.string().transform(tidyText).pipe(z.string().min(2, 'participation.name_missing').max(120)),
	kind: z.enum(['association', 'school', 'company', 'council', 'other'], 'participation.kind_missing'),
	description: textInput(2000).default(''),
});

/** Associations, schools, councils: an idea may be theirs. */
export function createCommunities(context: Context): Communities {
	const { db, platform, identity } = context;
	return {
		async list(actor) {
			if (!mayModerate(actor)) return [];
			const { rows } = await sql<{
				id: string;
				name: string;
				kind: string;
				verified: boolean;
				memberCount: number;
			}>`
				SELECT id, name, kind, verified_at IS NOT NULL AS verified,
					(SELECT count(*)::int FROM participation.community_member WHERE community_id = community.id) AS "memberCount"
				FROM participation.community ORDER BY verified_at IS NOT NULL, name LIMIT 1000`.execute(db);
			return rows;
		},

		async mine(actor) {
			const person = takingPart(actor);
			if (!person.ok) return [];
			const { rows } = await sql<{ id: string; name: string; verified: boolean }>`
				SELECT id, name, verified_at IS NOT NULL AS verified FROM participation.community
				JOIN participation.community_member ON community_id = id WHERE person_id = ${person.value} ORDER BY name`.execute(
				db,
			);
			return rows;
		},

		async create(actor, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			const input = parseInput(communityInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`participation ${person.value}`}, 0))`.execute(
					trx,
				);
				const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count
					FROM participation.community_member WHERE person_id = ${person.value}`.execute(trx);
				if ((rows[0]?.count ?? 0) >= mostOfOnePerson) return refuse('participation.too_many');
				const made = await trx
					.insertInto('participation.community')
					.values({ id: newId(), ...input.value, created_at: context.now() })
					.onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing())
					.returning('id')
					.executeTakeFirst();
				if (!made) return refuse('participation.community_taken', { field: 'name' });
				await trx
					.insertInto('participation.community_member')
					.values({ community_id: made.id, person_id: person.value })
					.execute();
				return ok(made);
			});
		},

		async invite(actor, id, email) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			const address = email.trim().toLowerCase().slice(0, 320);
			return changing(db, async (trx) => {
				const { rows } = await sql`SELECT FROM participation.community_member
					WHERE community_id::text = ${id} AND person_id = ${person.value}`.execute(trx);
				if (!rows.length) return refuse('participation.community_not_member');
				const invited = await identity.people.byAddress(address);
				// Whether an address has an account is not told: the answer is the same.
				if (invited)
					await trx
						.insertInto('participation.community_member')
						.values({ community_id: id, person_id: invited })
						.onConflict((conflict) => conflict.doNothing())
						.execute();
				return ok(null);
			});
		},

		async verify(actor, id, verified) {
			if (!mayModerate(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await trx
					.updateTable('participation.community')
					.set({ verified_at: verified ? context.now() : null })
					.where(sql<string>`id::text`, '=', id)
					.returning('id')
					.executeTakeFirst();
				if (!row) return refuse('participation.community_unknown');
				await platform.audit.record(trx, {
					actor,
					action: verified ? 'participation.community.verified' : 'participation.community.unverified',
					subject: `community:${id}`,
				});
				return ok(null);
			});
		},
	};
}
