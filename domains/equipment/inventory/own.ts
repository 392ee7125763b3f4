import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayManage } from '../policies.ts';
import { changeDevice } from './changing.ts';
import { readProblems, readSummaries } from './devices/reading.ts';
import type { OwnDevices } from './face.ts';
import { ownHolders } from './holders.ts';
import { problemKinds } from './rules/kinds.ts';

const problemInput = z.object({
	kind: z.enum(problemKinds, 'equipment.problem_missing'),
	words: textInput(2000).nullish(),
});
const answerInput = z.object({ answer: textInput(2000).nullish() });
/** Problems that one person may have told and nobody handled yet. */
const mostOpen = 20;

/** What somebody holds, and what they say is wrong with it. */
export function createOwnDevices(context: Context): OwnDevices {
	async function mayTell(actor: Actor, deviceId: string): Promise<boolean> {
		if (mayManage(actor)) return true;
		const holders = await ownHolders(context, actor);
		const { rows } = await sql`SELECT FROM equipment.device WHERE id = ${asId(deviceId)}
			AND holder_id::text = ANY(${holders}::text[])`.execute(context.db);
		return rows.length > 0;
	}

	return {
		async list(actor) {
			if (actor.kind !== 'person') return refuse('platform.not_allowed');
			const holders = await ownHolders(context, actor);
			return ok(
				await readSummaries(
					context.db,
					sql`WHERE device.holder_id::text = ANY(${holders}::text[]) AND device.status <> 'left'
						ORDER BY model.category, lower(device.tag)`,
				),
			);
		},

		async tellProblem(actor, deviceId, input): Promise<Result<null>> {
			if (!(await mayTell(actor, deviceId))) return refuse('platform.not_allowed');
			const parsed = parseInput(problemInput, input);
			if (!parsed.ok) return parsed;
			const { kind, words } = parsed.value;
			if (kind === 'other' && !words) return refuse('equipment.problem_words_missing', { field: 'words' });
			return changing(context.db, async (trx) => {
				const { rows } = await sql<{
					open: number;
				}>`SELECT count(*)::int AS open FROM equipment.device_problem
					WHERE by_person = ${actor.id} AND handled_at IS NULL`.execute(trx);
				if ((rows[0]?.open ?? 0) >= mostOpen) return refuse('equipment.too_many_problems');
				const problemId = newId();
				const told = await changeDevice(
					context,
					trx,
					actor,
					deviceId,
					{},
					{
						kind: 'problem_told',
						detail: { problemId, problem: kind },
					},
				);
				if (!told.ok) return told;
				await sql`INSERT INTO equipment.device_problem (id, device_id, kind, words, at, by_person)
					VALUES (${problemId}, ${deviceId}, ${kind}, ${words || null}, ${context.now()},
						${actor.kind === 'person' ? actor.id : null})`.execute(trx);
				return ok(null);
			});
		},

		async problems(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return ok(await readProblems(context));
		},

		async handleProblem(actor, problemId, input): Promise<Result<null>> {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(answerInput, input);
			if (!parsed.ok) return parsed;
			const answer = parsed.value.answer || null;
			const done = await changing(context.db, async (trx) => {
				const { rows } = await sql<{ device_id: string; by_person: string | null; tag: string }>`
					UPDATE equipment.device_problem problem SET handled_at = ${context.now()},
						handled_by = ${actor.kind === 'person' ? actor.id : null}, answer = ${answer}
					FROM equipment.device WHERE problem.id = ${asId(problemId)} AND problem.handled_at IS NULL
						AND device.id = problem.device_id
					RETURNING problem.device_id, problem.by_person, device.tag`.execute(trx);
				const [problem] = rows;
				if (!problem) return refuse('equipment.problem_not_found');
				const told = await changeDevice(
					context,
					trx,
					actor,
					problem.device_id,
					{},
					{
						kind: 'problem_handled',
						detail: { problemId },
					},
				);
				return told.ok ? ok(problem) : told;
			});
			if (!done.ok) return done;
			const { by_person: teller, tag } = done.value;
			if (teller && teller !== actor.id) await answerByLetter(context, teller, tag, answer);
			return ok(null);
		},
	};
}

async function answerByLetter(
	{ platform, identity }: Context,
	personId: string,
	tag: string,
	answer: string | null,
): Promise<void> {
	const reader = (await identity.people.addresses([personId])).get(personId);
	if (!reader) return;
	const t = (key: string, detail: Record<string, string>) => platform.messages.t(reader.locale, key, detail);
	await platform.mail.send({
		to: reader.email,
		subject: t('equipment.letter.problem_subject', { tag }),
		text: t(answer ? 'equipment.letter.problem_answer' : 'equipment.letter.problem_done', {
			name: reader.name,
			tag,
			answer: answer ?? '',
			link: `${platform.config.publicUrl}/espace/equipements/mes-terminaux`,
		}),
	});
}
