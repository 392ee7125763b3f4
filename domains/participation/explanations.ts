import type { Outcome, ProjectOutcome } from '@parvis/budget-voting';
import type { Locale } from '@parvis/platform';
import type { ProjectSummary } from './face.ts';

type Translate = (key: string, detail?: Record<string, string | number>) => string;

/** Message keys of the rules' names. */
export const ruleNames: Record<string, string> = {
	greedy: 'rule_greedy',
	'greedy-no-skip': 'rule_greedy_no_skip',
	'equal-shares': 'rule_equal_shares',
	'equal-shares-exhaustive': 'rule_equal_shares_exhaustive',
	phragmen: 'rule_phragmen',
};

/** Cents as people write them, rounded up to whole euros: what is missing must not look smaller. */
export function euros(cents: number, locale: Locale): string {
	return new Intl.NumberFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
		style: 'currency',
		currency: 'EUR',
		maximumFractionDigits: cents % 100 ? 2 : 0,
	}).format(cents / 100);
}

/** Why a project won, or what it lacked, in a sentence. */
export function describeOutcome(
	project: ProjectOutcome,
	outcome: Outcome,
	projects: ReadonlyMap<string, ProjectSummary>,
	locale: Locale,
	t: Translate,
): string {
	const money = (cents: number) => euros(cents, locale);
	if (project.round !== null) {
		const round = outcome.rounds[project.round];
		if (!round) return '';
		if (round.payments)
			return t('won_by_shares', {
				votes: project.votes,
				each: money(Math.ceil(round.payments[0]?.amount ?? 0)),
				share: money(Math.floor(outcome.share?.value ?? 0)),
			});
		if (round.load !== undefined)
			return t('won_by_savings', { votes: project.votes, each: money(Math.ceil(round.load)) });
		return t('won_by_score', { rank: project.round + 1, score: project.score, left: money(round.left) });
	}
	const { missing } = project;
	switch (missing?.reason) {
		case 'budget':
			return t('lost_budget', { left: money(missing.left), missing: money(missing.missing) });
		case 'share':
			return t('lost_share', { held: money(missing.held), missing: money(missing.missing) });
		case 'stopped':
			return t('lost_stopped', { title: projects.get(missing.at)?.title ?? '' });
		case 'threshold':
			return t('lost_threshold', { score: missing.score, threshold: missing.threshold });
		default:
			return t('lost_no_supporters');
	}
}

/** Each tie in a sentence. */
export function describeTies(
	outcome: Outcome,
	projects: ReadonlyMap<string, ProjectSummary>,
	t: Translate,
): string[] {
	return outcome.rounds.flatMap(({ tie }) => {
		if (!tie) return [];
		const [first = '', ...others] = tie.between.map((id) => projects.get(id)?.title ?? id);
		return [t(`tie_${tie.brokenBy}`, { first, others: others.join(', ') })];
	});
}
