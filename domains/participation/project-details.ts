import { sql } from 'kysely';
import { type Context, paths } from './context.ts';
import type { Milestone, Project } from './face.ts';
import { dayInTown } from './phases.ts';

/** The published idea that a project came from. */
export async function ideaOf(
	context: Context,
	project: { idea_id: string | null; slug: string },
): Promise<Project['idea']> {
	if (project.idea_id === null) return null;
	const idea = await context.db
		.selectFrom('participation.idea as idea')
		.leftJoin('participation.community as community', 'community.id', 'idea.community_id')
		.select(['idea.number', 'idea.title', 'idea.author_id', 'community.name'])
		.where('idea.id', '=', project.idea_id)
		.where('idea.status', 'in', ['published', 'merged'])
		.executeTakeFirst();
	if (!idea || idea.number === null) return null;
	const names = idea.author_id ? await context.identity.people.names([idea.author_id]) : null;
	return {
		title: idea.title,
		url: paths.idea(project.slug, idea.number),
		author: idea.name ?? names?.get(idea.author_id ?? '') ?? 'Un habitant',
	};
}

export async function milestonesOf(
	context: Context,
	project: { id: string; status: string },
): Promise<Milestone[]> {
	const rows = await context.db
		.selectFrom('participation.milestone')
		.select(['id', 'title', 'note'])
		.select([sql<string>`due_on::text`.as('dueOn'), sql<string | null>`done_on::text`.as('doneOn')])
		.where('project_id', '=', project.id)
		.orderBy('position')
		.execute();
	const goesOn = project.status === 'selected' || project.status === 'started';
	const today = dayInTown(context.now());
	return rows.map((row) => ({ ...row, late: goesOn && row.doneOn === null && row.dueOn < today }));
}
