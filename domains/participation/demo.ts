import { type Actor, type Result, system } from '@parvis/platform';
import { sql } from 'kysely';
import sharp from 'sharp';
import { createAttachments } from './attachments.ts';
import { createBallots } from './ballots.ts';
import { createCalls } from './calls.ts';
import { createComments } from './comments.ts';
import type { Context } from './context.ts';
import { createCounting } from './counting.ts';
import {
	builtProjects,
	categories,
	type DemoIdea,
	familyNames,
	firstNames,
	proposedIdeas,
	remarks,
	reviewedIdeas,
	votedProjects,
} from './demo-content.ts';
import { createEligibilities } from './eligibility.ts';
import type { BallotRules, Call, CallInput, PhaseKind } from './face.ts';
import { createIdeas } from './ideas.ts';
import { createModeration } from './moderation.ts';
import { createProjects } from './projects.ts';
import { createQuestionnaires } from './questionnaires.ts';
import { createReviews } from './reviews.ts';

const day = 86_400_000;
const residents = 120;

type Person = Actor & { id: string };

/** The same numbers every time: a demonstration looks alike on every machine (mulberry32). */
function chance(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/**
 * Give the demonstration a call in each phase, lived through by invented residents: the room's own use cases, with a clock
 * that starts a year ago. Nothing happens where there is a call already. @throws outside a demonstration
 */
export async function fillDemo(real: Context, beginning = new Date()): Promise<void> {
	if (!real.platform.config.demo) throw new Error('a demonstration only');
	const clock = { now: beginning };
	const context: Context = { ...real, now: () => clock.now };
	const calls = createCalls(context);
	if ((await calls.list(system)).length) return;
	const ideas = createIdeas(context);
	const comments = createComments(context);
	const projects = createProjects(context);
	const reviews = createReviews(context);
	const moderation = createModeration(context);
	const ballots = createBallots(context);
	const eligibility = createEligibilities(context, null);
	const counting = createCounting(context, calls);
	const attachments = createAttachments(context);
	const questionnaires = createQuestionnaires(context);
	const random = chance(14_100);
	const pick = <Item>(items: readonly Item[]): Item => {
		const item = items[Math.floor(random() * items.length)];
		if (item === undefined) throw new Error('nothing to pick from');
		return item;
	};
	const people: Person[] = (
		await context.identity.ensureDemoResidents(
			Array.from(
				{ length: residents },
				(_, n) =>
					`${firstNames[n % firstNames.length]} ${familyNames[(n * 7 + Math.floor(n / firstNames.length)) % familyNames.length]}`,
			),
		)
	).map(({ id, name }) => ({
		kind: 'person',
		id,
		displayName: name,
		roles: [],
		scopes: [],
		secondFactor: false,
	}));
	const { rows: spots } = await sql<{ id: string; longitude: number; latitude: number }>`
		SELECT id, longitude, latitude FROM town.place WHERE archived_at IS NULL
			AND kind IN ('school', 'park', 'stadium', 'library', 'station', 'playground', 'market', 'community_centre', 'bus_stop')
		ORDER BY slug`.execute(context.db);
	const districts = (await context.town.areas.districts()).map(({ id, name }) => ({ id, name }));
	/** Days from the beginning; before it when negative. */
	const at = (days: number) => new Date(beginning.getTime() + days * day);
	const go = (days: number) => {
		clock.now = at(days);
	};

	/** The last 6 o'clock (UTC) before: phases begin and end in the morning. */
	const morning = (days: number) => {
		const time = at(days).getTime();
		return new Date(time - ((time - day / 4) % day));
	};

	function call(
		title: string,
		english: string,
		summary: string,
		phases: readonly (readonly [PhaseKind, from: number, to: number | null])[],
		more: Partial<CallInput> = {},
	): CallInput {
		return {
			kind: 'budget',
			title: { fr: title, en: english },
			summary: { fr: summary, en: null },
			body: {
				fr: 'Cet appel appartient à une démonstration : la commune, les personnes et les votes sont inventés.\n\nProposez ce qui rendrait la vie meilleure ici. Les services regardent ce qui est possible et à quel coût ; vous votez ; ce qui est retenu est construit, et vous en suivez chaque étape.',
				en: 'This call belongs to a demonstration: the town, the people and the votes are invented.\n\nPropose what would make life better here. The services look at what is possible and at what cost; you vote; what is retained is built, and you follow each step.',
			},
			phases: phases.map(([kind, from, to]) => ({
				kind,
				startsAt: morning(from),
				endsAt: to === null ? null : morning(to),
			})),
			envelopes: [{ districtId: null, name: 'Toute la commune', budgetCents: 120_000_00 }],
			categories: Object.values(categories).map((name) => ({ name })),
			eligibility: {
				who: {
					fr: 'Toute personne qui habite, travaille ou étudie dans la commune.',
					en: 'Anyone who lives, works or studies in the town.',
				},
				leastAge: 16,
				proofs: ['email', 'sms', 'letter', 'document'],
			},
			ballotRules: null,
			questions: [],
			...more,
		};
	}

	const rules = (change: Partial<BallotRules>): BallotRules => ({
		ballotType: 'approval',
		leastChoices: 1,
		mostChoices: 5,
		points: null,
		envelopes: 'all',
		counting: 'equal-shares',
		clash: 'paper',
		doubleEntry: false,
		lotSeed: 'le marché du samedi',
		...change,
	});

	async function open(input: CallInput, days: number): Promise<Call> {
		go(days);
		const { id } = must(await calls.create(system, input));
		must(await calls.publish(system, id));
		const made = await calls.get(system, id);
		if (!made) throw new Error('a call is missing');
		return made;
	}

	const categoryOf = (made: Call, idea: DemoIdea) =>
		made.categories.find(({ name }) => name.fr === categories[idea[2]].fr)?.id ?? null;

	/** Residents propose, support and remark between two days. */
	async function propose(
		made: Call,
		given: readonly DemoIdea[],
		from: number,
		to: number,
	): Promise<string[]> {
		const ids: string[] = [];
		for (const [n, idea] of given.entries()) {
			go(from + ((to - from) * (n + 0.3)) / given.length);
			const author = people[(n * 11 + made.title.fr.length) % people.length] ?? pick(people);
			const spot = spots.length ? pick(spots) : null;
			const { id } = must(
				await ideas.saveDraft(author, made.id, {
					title: idea[0],
					body: idea[1],
					categoryId: categoryOf(made, idea),
					longitude: spot?.longitude ?? null,
					latitude: spot?.latitude ?? null,
				}),
			);
			const { status } = must(await ideas.submit(author, id));
			// The last one still waits for the moderators.
			if (status === 'waiting' && n < given.length - 1)
				must(
					await moderation.decide(system, { kind: 'idea', id }, { decision: 'published', publicText: '' }),
				);
			if (status === 'waiting' && n === given.length - 1) continue;
			ids.push(id);
			const friends = people.filter(() => random() < 0.04 + 0.22 * random());
			for (const friend of friends) must(await ideas.support(friend, id, true));
			for (const friend of friends.slice(0, Math.floor(random() * 4))) {
				const said = must(await comments.write(friend, id, { body: pick(remarks) }));
				if (said.status === 'waiting')
					must(
						await moderation.decide(
							system,
							{ kind: 'comment', id: said.id },
							{ decision: 'published', publicText: '' },
						),
					);
			}
		}
		return ids;
	}

	async function putToVote(
		made: Call,
		given: readonly (readonly [...DemoIdea, number, string])[],
		service: boolean,
	): Promise<void> {
		for (const [n, [title, body, category, euros, words]] of given.entries()) {
			const spot = spots.length ? pick(spots) : null;
			must(
				await projects.create(system, made.id, {
					envelopeId: made.envelopes[n % made.envelopes.length]?.id,
					categoryId: categoryOf(made, [title, body, category]),
					title,
					body,
					...(service ? { service: words } : { reviewSummary: words }),
					costCents: euros * 100,
					longitude: spot?.longitude ?? null,
					latitude: spot?.latitude ?? null,
					placeId: spot?.id ?? null,
				}),
			);
		}
	}

	/** So many residents prove who they are and vote, each for what they like. */
	async function vote(made: Call, voters: number, from: number, to: number): Promise<void> {
		const numbers = (await projects.list(system, { callId: made.id, pageSize: 100 })).items;
		for (const [n, person] of people.slice(0, voters).entries()) {
			go(from + ((to - from) * (n + 0.5)) / voters);
			must(await eligibility.proveByAccount(person, made.id, 'email'));
			must(
				await eligibility.register(person, made.id, {
					familyName: person.displayName.split(' ').slice(1).join(' '),
					givenName: person.displayName.split(' ')[0],
					birthDate: `19${60 + (n % 40)}-0${1 + (n % 9)}-1${n % 10}`,
					districtId: districts[n % districts.length]?.id ?? null,
				}),
			);
			const liked = numbers.filter((_, i) => random() < 0.55 - 0.04 * (i % 9));
			const first = liked[0] ?? pick(numbers);
			const { ballotType, mostChoices } = made.ballotRules ?? {};
			let left = ballotType === 'knapsack' ? (made.envelopes[0]?.budgetCents ?? 0) : Number.MAX_SAFE_INTEGER;
			const wanted = [first, ...liked.slice(1)].slice(0, mostChoices ?? undefined).filter(({ costCents }) => {
				if (costCents > left) return false;
				left -= costCents;
				return true;
			});
			must(
				await ballots.cast(
					person,
					made.id,
					wanted.map(({ number }) => ({ project: number })),
				),
			);
		}
	}

	// Built: last year's budget, voted and counted; some of it done, some late.
	const built = await open(
		call(
			'Budget participatif de l’an dernier',
			'Last year’s participatory budget',
			'Huit projets, un vote, et ce qu’ils sont devenus.',
			[
				['proposing', -400, -340],
				['reviewing', -340, -280],
				['voting', -280, -250],
				['executing', -240, null],
			],
			{ ballotRules: rules({ mostChoices: 4 }) },
		),
		-405,
	);
	go(-300);
	await putToVote(built, builtProjects, true);
	await vote(built, 90, -279, -251);
	go(-249);
	await counting.closeDue(system);
	const selected = (await projects.list(system, { callId: built.id, status: ['selected'] })).items;
	const daysAgo = (days: number) => at(-days).toISOString().slice(0, 10);
	for (const [n, project] of selected.entries()) {
		go(-200 + n * 5);
		const finished = n % 2 === 0;
		must(
			await projects.change(system, project.id, {
				dueOn: finished ? daysAgo(60) : n === 1 ? daysAgo(20) : daysAgo(-120),
				spentCents: Math.round(project.costCents * (finished ? 0.97 : 0.4)),
			}),
		);
		must(
			await projects.setMilestones(system, project.id, [
				{ title: 'Plans et devis', dueOn: daysAgo(190), doneOn: daysAgo(185) },
				{ title: 'Travaux', dueOn: daysAgo(90), doneOn: finished ? daysAgo(80) : null },
				{
					title: 'Ouverture',
					dueOn: finished ? daysAgo(60) : daysAgo(-120),
					doneOn: finished ? daysAgo(62) : null,
				},
			]),
		);
		must(await projects.start(system, project.id));
		if (!finished) continue;
		go(-62 + n);
		must(
			await attachments.add(
				system,
				{ kind: 'project', id: project.id },
				{
					name: 'realisation.png',
					content: await drawing(n),
					description: `Dessin de démonstration : « ${project.title} » terminé`,
				},
			),
		);
		must(
			await projects.finish(system, project.id, {
				text: 'C’est fait. Merci à celles et ceux qui ont proposé, voté et aidé.',
			}),
		);
	}

	// Voting now.
	const voting = await open(
		call(
			'Budget participatif de l’année',
			'This year’s participatory budget',
			'Dix projets étudiés par les services : à vous de choisir.',
			[
				['proposing', -150, -100],
				['reviewing', -100, -20],
				['voting', -12, 16],
				['executing', 30, null],
			],
			{ ballotRules: rules({ ballotType: 'knapsack', mostChoices: null }) },
		),
		-155,
	);
	go(-30);
	await putToVote(voting, votedProjects, false);
	await vote(voting, 64, -11.5, -0.2);

	// In the services' hands.
	const reviewing = await open(
		call(
			'Les abords des écoles',
			'Around the schools',
			'Vos idées pour des rues plus calmes et plus vertes autour des écoles ; les services les étudient.',
			[
				['proposing', -60, -15],
				['reviewing', -15, 25],
				['voting', 35, 56],
				['executing', 70, null],
			],
			{ ballotRules: rules({ counting: 'greedy', mostChoices: 3 }) },
		),
		-62,
	);
	const reviewed = await propose(reviewing, reviewedIdeas, -59, -16);
	go(-12);
	must(
		await reviews.assign(system, reviewed, { service: 'Voirie', dueOn: at(-2).toISOString().slice(0, 10) }),
	);
	must(
		await reviews.assign(system, reviewed.slice(0, 3), {
			service: 'Espaces verts',
			dueOn: at(6).toISOString().slice(0, 10),
		}),
	);
	const answered = must(await reviews.of(system, reviewed[0] ?? ''));
	for (const review of answered)
		must(
			await reviews.answer(system, review.id, {
				feasible: 'yes',
				investmentCents: 6_500_00,
				yearlyCents: 800_00,
				how: 'Une clé confiée à l’association des parents, et un contrôle du portail.',
				timing: 'À la rentrée.',
			}),
		);
	go(-4);
	must(
		await reviews.conclude(system, reviewed[0] ?? '', {
			verdict: 'feasible',
			text: 'C’est possible dès la rentrée, avec une convention entre la commune et l’association de parents.',
			investmentCents: 13_000_00,
			yearlyCents: 1_600_00,
		}),
	);
	must(
		await reviews.conclude(system, reviewed[5] ?? '', {
			verdict: 'unfeasible',
			text: 'La rive du camping est une zone protégée : aucun ouvrage n’y est permis. Nous vous proposons de regarder avec le club de canoë ce qui peut se faire sur l’eau.',
		}),
	);

	// Open to ideas.
	const proposing = await open(
		call(
			'Budget participatif de l’an prochain',
			'Next year’s participatory budget',
			'120 000 € pour vos idées. Proposez, soutenez, discutez.',
			[
				['proposing', -21, 30],
				['reviewing', 30, 90],
				['voting', 100, 121],
				['executing', 140, null],
			],
			{ ballotRules: rules({}) },
		),
		-25,
	);
	await propose(proposing, proposedIdeas, -20, -0.1);

	// A questionnaire.
	go(-9);
	const survey = await open(
		call(
			'Les horaires de la piscine',
			'The pool’s opening hours',
			'Trois questions pour régler les horaires sur vos usages.',
			[['answering', -8, 20]],
			{
				kind: 'survey',
				envelopes: [],
				categories: [],
				questions: [
					{
						kind: 'single',
						label: { fr: 'Quand viendriez-vous le plus volontiers ?', en: 'When would you rather come?' },
						required: true,
						choices: [
							{ fr: 'Tôt le matin', en: 'Early morning' },
							{ fr: 'À midi', en: 'At noon' },
							{ fr: 'Le soir', en: 'In the evening' },
							{ fr: 'Le week-end', en: 'At the weekend' },
						],
					},
					{
						kind: 'scale',
						label: { fr: 'L’eau est-elle assez chaude ?', en: 'Is the water warm enough?' },
						required: false,
						choices: [],
					},
					{
						kind: 'text',
						label: { fr: 'Qu’aimeriez-vous changer ?', en: 'What would you change?' },
						required: false,
						choices: [],
					},
				],
			},
		),
		-9,
	);
	for (const [n, person] of people.slice(0, 70).entries()) {
		go(-7.9 + n * 0.1);
		const [when, warm, text] = survey.questions.map(({ id }) => id);
		must(
			await questionnaires.answer(person, survey.id, {
				[when ?? '']: Math.floor(random() * 4),
				[warm ?? '']: 1 + Math.floor(random() * 5),
				...(n % 6 === 0 && { [text ?? '']: 'Une ligne d’eau réservée à ceux qui nagent lentement.' }),
			}),
		);
	}
}

function must<Value>(result: Result<Value>): Value {
	if (result.ok) return result.value;
	throw new Error(`${result.error} ${JSON.stringify(result.detail ?? {})}`);
}

/** A drawing that stands for a photo: it says itself that it is one. */
function drawing(n: number): Promise<Buffer> {
	const hills = ['#7fae77', '#88b0a4', '#b0a46f', '#8f9fc0'][n % 4];
	const trees = Array.from(
		{ length: 6 + n },
		(_, i) =>
			`<g transform="translate(${90 + i * 130} ${410 + ((i * 37) % 60)})"><rect x="-6" width="12" height="60" fill="#7b5b3a"/><circle r="${38 + ((i * 13) % 18)}" cy="-24" fill="#3f7d4e"/></g>`,
	).join('');
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675"><rect width="1200" height="675" fill="#cfe4ee"/><circle cx="980" cy="130" r="70" fill="#f6d77a"/><path d="M0 420 Q300 330 620 410 T1200 390 V675 H0Z" fill="${hills}"/>${trees}<rect y="560" width="1200" height="115" fill="#dccfae"/></svg>`;
	return sharp(Buffer.from(svg)).png().toBuffer();
}
