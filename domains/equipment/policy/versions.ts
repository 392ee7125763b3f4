import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { dayBefore, dayInput, today } from '../days.ts';
import { mayManage } from '../policies.ts';
import type { DB } from '../tables.ts';
import type { PolicyInForce, PolicyRules, PolicyVersion, Versions } from './face.ts';
import type { Trx } from './numbers.ts';
import { differencesOf } from './rules/difference.ts';
import { writeDocument } from './rules/document.ts';
import { standardPreamble, standardRules, standardTitle } from './rules/standard.ts';
import { draftInput } from './rules-input.ts';

type Row = Selectable<DB['equipment.policy_version']>;

const voteInput = z
	.object({
		votedOn: dayInput,
		inForceFrom: dayInput,
		deliberationNumber: textInput(60, 'equipment.deliberation_missing'),
		deliberationUrl: z
			.string()
			.max(500, 'equipment.url_invalid')
			// Empty, an address elsewhere, or a page of this site.
			.regex(/^(|https?:\/\/[^\s/]+\S*|\/(?!\/)\S*)$/, 'equipment.url_invalid')
			.nullish(),
	})
	.refine(({ votedOn, inForceFrom }) => inForceFrom >= votedOn, {
		message: 'equipment.in_force_before_vote',
		path: ['inForceFrom'],
	});

/** Versions with the day before the next one applies. */
function views(rows: readonly Row[]): PolicyVersion[] {
	const days = rows.flatMap(({ in_force_from }) => in_force_from ?? []).sort();
	return rows.map((row) => {
		const rules = row.rules as PolicyRules;
		const ownArticles = row.articles as { title: string; text: string }[];
		const next = days.find((day) => row.in_force_from !== null && day > row.in_force_from);
		return {
			id: row.id,
			number: row.number,
			title: row.title,
			preamble: row.preamble,
			ownArticles,
			articles: writeDocument(rules, ownArticles),
			rules,
			votedOn: row.voted_on,
			inForceFrom: row.in_force_from,
			inForceUntil: next ? dayBefore(next) : null,
			deliberation:
				row.deliberation_number === null
					? null
					: { number: row.deliberation_number, url: row.deliberation_url },
			simulated: row.simulated,
			version: row.version,
			updatedAt: row.updated_at,
		};
	});
}

/** What applies on a day; null before the first vote. */
export async function readInForce({ db }: Pick<Context, 'db'>, day: string): Promise<PolicyInForce | null> {
	const row = await db
		.selectFrom('equipment.policy_version')
		.select(['id', 'number', 'voted_on', 'rules'])
		.where('in_force_from', '<=', day)
		.orderBy('in_force_from', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row && row.number !== null
		? { id: row.id, number: row.number, votedOn: row.voted_on, rules: row.rules as PolicyRules }
		: null;
}

export function createVersions(context: Context): Versions {
	const { db, platform } = context;
	const readAll = async () =>
		views(
			await db
				.selectFrom('equipment.policy_version')
				.selectAll()
				.orderBy('number', (order) => order.desc().nullsFirst())
				.orderBy('id', 'desc')
				.execute(),
		);
	const find = async (actor: Actor, id: string): Promise<Result<PolicyVersion>> => {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		const version = (await readAll()).find((one) => one.id === id);
		return version ? ok(version) : refuse('equipment.policy_unknown');
	};
	const lockDraft = async (trx: Trx, id: string): Promise<Result<Row>> => {
		const row = await trx
			.selectFrom('equipment.policy_version')
			.selectAll()
			.where('id', '=', asId(id))
			.forUpdate()
			.executeTakeFirst();
		if (!row) return refuse('equipment.policy_unknown');
		return row.number === null ? ok(row) : refuse('equipment.policy_voted');
	};

	return {
		voted: async () => (await readAll()).filter(({ number }) => number !== null),
		get: async (number) => (await readAll()).find((version) => version.number === number) ?? null,
		all: async (actor) => (mayManage(actor) ? ok(await readAll()) : refuse('platform.not_allowed')),
		byId: find,

		async draft(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const last = (await readAll()).find(({ number }) => number !== null);
			const id = newId();
			return changing(db, async (trx) => {
				await trx
					.insertInto('equipment.policy_version')
					.values({
						id,
						title: last?.title ?? standardTitle,
						preamble: last?.preamble ?? standardPreamble,
						articles: JSON.stringify(last?.ownArticles ?? []),
						rules: JSON.stringify(last?.rules ?? standardRules),
						created_at: context.now(),
						updated_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.policy.drafted',
					subject: `policy:${id}`,
				});
				return ok({ id });
			});
		},

		async save(actor, id, expectedVersion, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(draftInput, input);
			if (!parsed.ok) return parsed;
			return changing(db, async (trx) => {
				const draft = await lockDraft(trx, id);
				if (!draft.ok) return draft;
				if (draft.value.version !== expectedVersion) return refuse('equipment.changed_meanwhile');
				await trx
					.updateTable('equipment.policy_version')
					.set({
						title: parsed.value.title,
						preamble: parsed.value.preamble,
						articles: JSON.stringify(parsed.value.ownArticles),
						rules: JSON.stringify(parsed.value.rules),
						version: expectedVersion + 1,
						updated_at: context.now(),
					})
					.where('id', '=', draft.value.id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.policy.edited',
					subject: `policy:${id}`,
				});
				return ok(null);
			});
		},

		async vote(actor, id, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(voteInput, input);
			if (!parsed.ok) return parsed;
			const { votedOn, inForceFrom, deliberationNumber, deliberationUrl } = parsed.value;
			if (votedOn > today(context)) return refuse('equipment.vote_in_future', { field: 'votedOn' });
			return changing(db, async (trx) => {
				const draft = await lockDraft(trx, id);
				if (!draft.ok) return draft;
				const voted = await trx
					.selectFrom('equipment.policy_version')
					.select(['number', 'in_force_from', 'voted_on'])
					.where('number', 'is not', null)
					.orderBy('number', 'desc')
					.execute();
				const [last] = voted;
				if (last?.in_force_from && inForceFrom <= last.in_force_from)
					return refuse('equipment.in_force_before_last', { field: 'inForceFrom' });
				const number = (last?.number ?? 0) + 1;
				await trx
					.updateTable('equipment.policy_version')
					.set({
						number,
						voted_on: votedOn,
						in_force_from: inForceFrom,
						deliberation_number: deliberationNumber,
						deliberation_url: deliberationUrl || null,
						version: draft.value.version + 1,
						updated_at: context.now(),
					})
					.where('id', '=', draft.value.id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.policy.voted',
					subject: `policy:${id}`,
					detail: { number, deliberationNumber },
				});
				await platform.events.publish(trx, 'equipment.policy.voted', { policyId: id, number });
				return ok({ number });
			});
		},

		async discard(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const draft = await lockDraft(trx, id);
				if (!draft.ok) return draft;
				await trx.deleteFrom('equipment.policy_version').where('id', '=', draft.value.id).execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.policy.discarded',
					subject: `policy:${id}`,
				});
				return ok(null);
			});
		},

		async differences(actor, id) {
			const draft = await find(actor, id);
			if (!draft.ok) return draft;
			const { value } = draft;
			const against =
				(await readAll()).find(
					({ number }) => number !== null && (value.number === null || number < value.number),
				) ?? null;
			return ok({ against, changes: against ? differencesOf(against, value) : [] });
		},
	};
}
