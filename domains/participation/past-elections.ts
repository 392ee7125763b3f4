import {
	type Countable,
	type Election,
	noLimits,
	type Outcome,
	PabulibError,
	parsePabulib,
} from '@parvis/budget-voting';
import { type Actor, newId, ok, type Result, refuse, tidyText } from '@parvis/platform';
import type { Transaction } from 'kysely';
import { limitsOf } from './ballot-check.ts';
import { slugOf } from './calls.ts';
import { type Context, paths } from './context.ts';
import { markCounted } from './execution.ts';
import type { BallotRules, Call, Choice, ProjectSummary } from './face.ts';
import { indexProjects } from './project-list.ts';
import type { DB } from './tables.ts';

/** A call's vote in one envelope, for the engine: amounts in cents, projects by their number. */
export function electionOf(
	ballotRules: BallotRules,
	budgetCents: number,
	projects: readonly Pick<ProjectSummary, 'number' | 'costCents'>[],
	ballots: readonly { choices: readonly Choice[] }[],
): Countable {
	const own = new Set(projects.map(({ number }) => number));
	return {
		scale: 100,
		budget: budgetCents,
		ballotType: ballotRules.ballotType,
		limits: limitsOf(ballotRules, budgetCents),
		projects: projects.map(({ number, costCents }) => ({ id: String(number), cost: costCents })),
		ballots: ballots.flatMap(({ choices }) => {
			const here = choices.filter(({ project }) => own.has(project));
			if (!here.length) return [];
			return [
				{
					choices: here.map(({ project }) => String(project)),
					points: ballotRules.ballotType === 'cumulative' ? here.map(({ points }) => points ?? 0) : null,
				},
			];
		}),
	};
}

/** A counted envelope as a Pabulib file: the same projects and ballots, amounts in euros. */
export function pabulibOf(
	call: Call,
	envelope: string,
	election: Countable,
	projects: readonly ProjectSummary[],
	outcome: Outcome | undefined,
): Election {
	const voting = call.phases.find(({ kind }) => kind === 'voting');
	const day = (date: Date | null | undefined) =>
		date?.toLocaleDateString('de-DE', {
			timeZone: 'Europe/Paris',
			day: '2-digit',
			month: '2-digit',
			year: 'numeric',
		}) ?? '';
	const rules = call.ballotRules;
	const limits = rules ? limitsOf(rules, election.budget) : noLimits;
	const amount = (cents: number) => (cents / 100).toFixed(2).replace(/\.?0+$/, '');
	const meta: Record<string, string> = {
		description: call.title.fr,
		country: 'France',
		unit: envelope,
		instance: String(voting?.endsAt?.getUTCFullYear() ?? ''),
		num_projects: String(election.projects.length),
		num_votes: String(election.ballots.length),
		budget: amount(election.budget),
		vote_type: election.ballotType === 'knapsack' ? 'approval' : election.ballotType,
		rule: rules?.counting === 'equal-shares' ? 'equalshares/add1' : (rules?.counting ?? ''),
		date_begin: day(voting?.startsAt),
		date_end: day(voting?.endsAt),
		language: 'fr',
		currency: 'EUR',
		...(limits.minLength !== null && { min_length: String(limits.minLength) }),
		...(limits.maxLength !== null && { max_length: String(limits.maxLength) }),
		...(limits.maxSumCost !== null && { max_sum_cost: amount(limits.maxSumCost) }),
		...(limits.maxSumPoints !== null && { max_sum_points: String(limits.maxSumPoints) }),
	};
	const found = new Map(outcome?.projects.map((one) => [one.id, one]));
	const points = election.ballotType === 'cumulative';
	return {
		meta,
		scale: 100,
		budget: election.budget,
		ballotType: election.ballotType,
		limits,
		projectColumns: [
			'project_id',
			'cost',
			'votes',
			'score',
			'name',
			'category',
			'selected',
			'latitude',
			'longitude',
		],
		ballotColumns: points ? ['voter_id', 'vote', 'points'] : ['voter_id', 'vote'],
		projects: projects.map((project) => {
			const one = found.get(String(project.number));
			return {
				id: String(project.number),
				cost: project.costCents,
				fields: {
					votes: String(one?.votes ?? ''),
					score: String(one?.score ?? ''),
					name: project.title,
					category: project.category?.fr ?? '',
					selected: one?.round === null ? '0' : '1',
					latitude: String(project.latitude ?? ''),
					longitude: String(project.longitude ?? ''),
				},
			};
		}),
		ballots: election.ballots.map(({ choices, points: given }, i) => ({
			voterId: String(i + 1),
			choices,
			points: given,
			fields: {},
		})),
	};
}

interface Closing {
	storeBox(
		trx: Transaction<DB>,
		callId: string,
		ballots: readonly { channel: string; label: string; choices: readonly Choice[] }[],
	): Promise<void>;
	countAll(
		trx: Transaction<DB>,
		callId: string,
		rules: BallotRules,
		ballots: readonly { choices: readonly Choice[] }[],
	): Promise<Set<number>>;
}

/** Rules that a file's META may name, as those of a call. */
const countings: Record<string, BallotRules['counting']> = {
	greedy: 'greedy',
	'greedy-threshold': 'greedy',
	'greedy-no-skip': 'greedy-no-skip',
	equalshares: 'equal-shares',
	'equalshares/add1': 'equal-shares',
};

/** Take an election of the past in, as a call that is over: its projects, its ballots, its count. All of it or nothing. */
export async function importElection(
	context: Context,
	actor: Actor,
	text: string,
	source: string | null,
	{ storeBox, countAll }: Closing,
): Promise<Result<{ slug: string; projects: number; ballots: number }>> {
	let election: Election;
	try {
		election = parsePabulib(text.replaceAll('\0', ''));
	} catch (error) {
		if (error instanceof PabulibError)
			return refuse('participation.pabulib_unreadable', { line: error.line, reason: error.message });
		throw error;
	}
	const { meta, scale, limits } = election;
	const cents = (units: number) => Math.round((units * 100) / scale);
	if (scale > 100) return refuse('participation.pabulib_fractions');
	const year = meta.instance ?? '';
	const title = `${meta.description || 'Participatory budget'}${year && !meta.description?.includes(year) ? ` ${year}` : ''}`;
	const begin = dayOf(meta.date_begin) ?? new Date('2000-01-01T00:00:00Z');
	const end = dayOf(meta.date_end, 1) ?? new Date(begin.getTime() + 86_400_000);
	if (end > context.now()) return refuse('participation.pabulib_not_over');
	const rules: BallotRules = {
		ballotType: election.ballotType,
		leastChoices: Math.max(limits.minLength ?? 1, 1),
		mostChoices: limits.maxLength,
		points: election.ballotType === 'cumulative' ? (limits.maxSumPoints ?? limits.maxPoints ?? 1) : null,
		envelopes: 'all',
		counting: countings[(meta.rule ?? '').toLowerCase()] ?? 'greedy',
		clash: 'paper',
		doubleEntry: false,
		lotSeed: title,
	};
	return context.db.transaction().execute(async (trx) => {
		const id = newId();
		const base = slugOf(title);
		const taken = new Set(
			(
				await trx.selectFrom('participation.call').select('slug').where('slug', 'like', `${base}%`).execute()
			).map((row) => row.slug),
		);
		let slug = base;
		for (let n = 2; taken.has(slug); n++) slug = `${base}-${n}`;
		await trx
			.insertInto('participation.call')
			.values({
				id,
				slug,
				kind: 'budget',
				status: 'published',
				title_fr: title,
				summary_fr: [meta.unit, meta.country].filter(Boolean).join(', '),
				eligibility: JSON.stringify({ who: { fr: '', en: null }, leastAge: 0, proofs: [] }),
				ballot_rules: JSON.stringify(rules),
				source: source ?? 'Pabulib',
				published_at: begin,
				created_at: context.now(),
				next_project_number: election.projects.length + 1,
			})
			.execute();
		await trx
			.insertInto('participation.phase')
			.values({
				call_id: id,
				kind: 'voting',
				starts_at: begin,
				ends_at: end > begin ? end : new Date(begin.getTime() + 86_400_000),
			})
			.execute();
		const envelopeId = newId();
		await trx
			.insertInto('participation.envelope')
			.values({
				id: envelopeId,
				call_id: id,
				position: 0,
				name: [meta.unit, meta.district ?? meta.subunit].filter(Boolean).join(', ') || title,
				budget_cents: cents(election.budget),
			})
			.execute();
		const categories = new Map<string, string>();
		for (const { fields } of election.projects) {
			const name = categoryOf(fields.category);
			if (name && !categories.has(name)) categories.set(name, newId());
		}
		if (categories.size)
			await trx
				.insertInto('participation.category')
				.values(
					[...categories].map(([name, key], position) => ({ id: key, call_id: id, position, name_fr: name })),
				)
				.execute();
		const numbers = new Map(election.projects.map((project, i) => [project.id, i + 1]));
		await trx
			.insertInto('participation.project')
			.values(
				election.projects.map(({ id: code, cost, fields }, i) => ({
					id: newId(),
					call_id: id,
					envelope_id: envelopeId,
					number: i + 1,
					code,
					category_id: categories.get(categoryOf(fields.category)) ?? null,
					title: tidyText(fields.name ?? '') || code,
					body: tidyText(fields.description ?? ''),
					cost_cents: cents(cost),
					address: fields.district || fields.neighborhood || fields.subunit || null,
					...positionOf(fields),
					created_at: begin,
				})),
			)
			.execute();
		const ballots = election.ballots.map(({ choices, points }, i) => ({
			channel: 'web' as const,
			label: String(i + 1),
			choices: choices.map((code, place): Choice => {
				const project = numbers.get(code) ?? 0;
				return points ? { project, points: points[place] ?? 0 } : { project };
			}),
		}));
		await storeBox(trx, id, ballots);
		await trx
			.insertInto('participation.published_box')
			.values({
				call_id: id,
				merkle_root: null,
				web_ballots: ballots.length,
				paper_ballots: 0,
				published_at: end,
			})
			.execute();
		const selected = await countAll(trx, id, rules, ballots);
		// What was decided officially goes before the count, where the file says it.
		const official = election.projectColumns.includes('selected')
			? new Set(
					election.projects.flatMap(({ id: code, fields }) =>
						fields.selected && fields.selected !== '0' ? [numbers.get(code) ?? 0] : [],
					),
				)
			: selected;
		await markCounted(context, trx, { id, slug }, official, { quietly: true });
		await context.town.search.index(trx, [
			{ room: 'participation', kind: 'call', id, title, body: meta.unit ?? '', url: paths.call(slug) },
		]);
		await indexProjects(context, trx, { callId: id });
		await context.platform.audit.record(trx, {
			actor,
			action: 'participation.call.imported',
			subject: `call:${id}`,
		});
		return ok({ slug, projects: election.projects.length, ballots: ballots.length });
	});
}

const categoryOf = (text: string | undefined) => (text ?? '').split(',')[0]?.trim().slice(0, 80) ?? '';

/** `24.06.2024` or `2024`, at the start of that day in UTC. */
function dayOf(text: string | undefined, plusDays = 0): Date | null {
	const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text ?? '') ?? [];
	const only = /^\d{4}$/.exec(text ?? '')?.[0];
	if (!year && !only) return null;
	const date = new Date(Date.UTC(Number(year ?? only), Number(month ?? 1) - 1, Number(day ?? 1) + plusDays));
	return Number.isNaN(date.getTime()) ? null : date;
}

function positionOf({ latitude, longitude }: Readonly<Record<string, string>>) {
	const [lat, lon] = [Number(latitude), Number(longitude)];
	const known = Boolean(latitude && longitude) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
	return known ? { latitude: lat, longitude: lon } : {};
}
