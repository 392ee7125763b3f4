import {
	type Actor,
	type AnyTransaction,
	asId,
	changing,
	newId,
	ok,
	refuse,
	textInput,
} from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, noteNews, parseInput } from './context.ts';
import type { ProjectStatus, ProjectSummary, Projects } from './face.ts';
import { mayManage } from './policies.ts';
import { projectsOfCall, summariesOf } from './project-list.ts';
import type { DB } from './tables.ts';

const milestonesInput = z
	.array(
		z.object({
			id: z.uuid().optional(),
			title: textInput(160, 'participation.words_missing'),
			dueOn: z.iso.date('participation.date_invalid'),
			doneOn: z.iso.date('participation.date_invalid').nullable().default(null),
			note: textInput(1000).default(''),
		}),
	)
	.max(40, 'participation.milestones_too_many');

const wordsInput = z.object({
	text: textInput(4000, 'participation.words_missing'),
});

type Step = 'selected' | 'started' | 'done' | 'abandoned';

/** What is said of a project at each step, after its title. */
const steps: Record<Step, { fr: string; en: string }> = {
	selected: { fr: 'projet retenu', en: 'project retained' },
	started: { fr: 'les travaux commencent', en: 'work begins' },
	done: { fr: 'réalisé', en: 'done' },
	abandoned: { fr: 'abandonné', en: 'abandoned' },
};

/** From which states each step may be taken. A project that is done or abandoned stays so. */
const before: Record<Exclude<Step, 'selected'>, readonly ProjectStatus[]> = {
	started: ['selected'],
	done: ['selected', 'started'],
	abandoned: ['selected', 'started'],
};

/** Mark what the count selected; everybody who follows learns of it, unless it was long ago. */
export async function markCounted(
	context: Context,
	trx: Transaction<DB>,
	call: { id: string; slug: string },
	selected: ReadonlySet<number>,
	{ quietly = false } = {},
): Promise<void> {
	for (const project of await projectsOfCall(context, call.id, trx)) {
		const won = selected.has(project.number);
		await trx
			.updateTable('participation.project')
			.set({ status: won ? 'selected' : 'not_selected', updated_at: context.now() })
			.where('id', '=', project.id)
			.execute();
		if (won && !quietly) await tell(context, trx, project, 'selected');
	}
}

/** The place's timeline, the followers' news, and the other rooms learn of a step. */
async function tell(
	context: Context,
	trx: AnyTransaction,
	project: ProjectSummary,
	step: Step,
): Promise<void> {
	const { rows } = await sql<{ place_id: string | null }>`
		SELECT place_id FROM participation.project WHERE id = ${project.id}`.execute(trx);
	const title = {
		fr: `${project.title} : ${steps[step].fr}`,
		en: `${project.title}: ${steps[step].en}`,
	};
	await context.town.timeline.record(trx, {
		room: 'participation',
		subject: `project:${project.id}:${step}`,
		placeId: rows[0]?.place_id ?? null,
		happenedAt: context.now(),
		title,
		url: project.url,
	});
	await noteNews(context, trx, {
		callId: project.callId,
		subject: { kind: 'project', id: project.id },
		title,
		url: project.url,
	});
	await context.platform.events.publish(trx, `participation.project.${step}`, { projectId: project.id });
}

async function lockedStatus(db: Db, id: string): Promise<ProjectStatus | null> {
	const { rows } = await sql<{ status: ProjectStatus }>`
		SELECT status FROM participation.project WHERE id = ${asId(id)} FOR UPDATE`.execute(db);
	return rows[0]?.status ?? null;
}

/** What happens to a project once it is selected: milestones, start, end. */
export function createExecution(
	context: Context,
): Pick<Projects, 'setMilestones' | 'start' | 'finish' | 'abandon'> {
	const { db, platform } = context;

	/** Take a step, if the state allows it. */
	async function take(actor: Actor, id: string, step: Exclude<Step, 'selected'>, text: string | null) {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		return changing(db, async (trx) => {
			const status = await lockedStatus(trx, id);
			if (status === null) return refuse('participation.project_unknown');
			if (!before[step].includes(status)) return refuse('participation.project_step_impossible');
			if (step === 'done') {
				const { rows } = await sql`SELECT FROM participation.attachment WHERE subject_kind = 'project'
					AND subject_id = ${id} AND content_type = 'image/webp' LIMIT 1`.execute(trx);
				if (!rows.length) return refuse('participation.project_photo_missing');
			}
			await trx
				.updateTable('participation.project')
				.set({
					status: step,
					updated_at: context.now(),
					...(text !== null && { status_text: text }),
					...(step === 'done' && { done_at: context.now() }),
				})
				.where('id', '=', id)
				.execute();
			const [project] = await summariesOf(context, [id], trx);
			if (project) await tell(context, trx, project, step);
			await platform.audit.record(trx, {
				actor,
				action: `participation.project.${step}`,
				subject: `project:${id}`,
			});
			return ok(null);
		});
	}

	async function takeWithWords(actor: Actor, id: string, step: 'done' | 'abandoned', given: unknown) {
		const input = parseInput(wordsInput, given);
		return input.ok ? take(actor, id, step, input.value.text) : input;
	}

	return {
		async setMilestones(actor, id, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const input = parseInput(milestonesInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const status = await lockedStatus(trx, id);
				if (status === null) return refuse('participation.project_unknown');
				const former = await trx
					.selectFrom('participation.milestone')
					.select(['id', 'title', 'done_on'])
					.where('project_id', '=', id)
					.execute();
				const known = new Map(former.map((row) => [row.id, row]));
				if (input.value.some((one) => one.id !== undefined && !known.has(one.id)))
					return refuse('participation.milestone_unknown');
				await trx.deleteFrom('participation.milestone').where('project_id', '=', id).execute();
				for (const [position, one] of input.value.entries())
					await trx
						.insertInto('participation.milestone')
						.values({
							id: one.id ?? newId(),
							project_id: id,
							position,
							title: one.title,
							due_on: one.dueOn,
							done_on: one.doneOn,
							note: one.note,
						})
						.execute();
				const reached = input.value.filter(
					(one) => one.doneOn !== null && !(one.id !== undefined && known.get(one.id)?.done_on),
				);
				const [project] = await summariesOf(context, [id], trx);
				if (project)
					for (const { title } of reached)
						await noteNews(context, trx, {
							callId: project.callId,
							subject: { kind: 'project', id },
							title: { fr: `${project.title} : ${title} (fait)`, en: `${project.title}: ${title} (done)` },
							url: project.url,
						});
				await platform.audit.record(trx, {
					actor,
					action: 'participation.project.milestones',
					subject: `project:${id}`,
				});
				return ok(null);
			});
		},
		start: (actor, id) => take(actor, id, 'started', null),
		finish: (actor, id, input) => takeWithWords(actor, id, 'done', input),
		abandon: (actor, id, input) => takeWithWords(actor, id, 'abandoned', input),
	};
}
