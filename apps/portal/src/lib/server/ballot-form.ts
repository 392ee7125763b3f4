import type { BallotRules, Choice, ProjectSummary } from '@parvis/participation';

/** What a ballot's form holds: for each project marked, its points or rank where the ballot asks for them, as typed. */
export type Marks = Record<string, string>;

/** What was ticked or typed on a ballot, by project number. */
export function marksOf(data: FormData, rules: BallotRules): Marks {
	const marks: Marks = {};
	for (const [name, value] of data) {
		if (typeof value !== 'string' || value.trim() === '') continue;
		const [field, number = ''] = name.split('-');
		if (field === 'projet' && (rules.ballotType === 'choose-1' || number === '')) marks[value] = '1';
		if (field === 'note' && value.trim() !== '0') marks[number] = value.trim();
	}
	return marks;
}

/** A kept ballot as its form shows it. */
export function marksOfChoices(choices: readonly Choice[], rules: BallotRules): Marks {
	return Object.fromEntries(
		choices.map(({ project, points }, i) => [
			String(project),
			String(rules.ballotType === 'ordinal' ? i + 1 : (points ?? 1)),
		]),
	);
}

/**
 * The ballot that marks make; what cannot be read the room refuses.
 * @returns null where two projects have the same rank, or a rank is no whole number
 */
export function choicesOf(marks: Marks, rules: BallotRules): Choice[] | null {
	const entries = Object.entries(marks).map(([project, mark]) => ({
		project: Number(project),
		mark: Number(mark),
	}));
	if (rules.ballotType === 'cumulative')
		return entries.map(({ project, mark }) => ({ project, points: mark }));
	if (rules.ballotType !== 'ordinal') return entries.map(({ project }) => ({ project }));
	const ranks = entries.map(({ mark }) => mark);
	if (new Set(ranks).size !== ranks.length || !ranks.every((rank) => Number.isInteger(rank) && rank > 0))
		return null;
	return entries.toSorted((a, b) => a.mark - b.mark).map(({ project }) => ({ project }));
}

/** Envelopes with their candidates, in the voter's order. */
export function byEnvelope<Envelope extends { id: string }>(
	envelopes: readonly Envelope[],
	projects: readonly ProjectSummary[],
): { envelope: Envelope; projects: ProjectSummary[] }[] {
	return envelopes
		.map((envelope) => ({
			envelope,
			projects: projects.filter(({ envelopeId }) => envelopeId === envelope.id),
		}))
		.filter((group) => group.projects.length > 0);
}
