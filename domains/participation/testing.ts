import { tmpdir } from 'node:os';
import { createIdentity } from '@parvis/identity';
import { type Actor, createPlatform, newId, readConfiguration, system } from '@parvis/platform';
import { createTestPlatform } from '@parvis/platform/testing';
import { createTown } from '@parvis/town';
import type { CallInput } from './face.ts';
import { createParticipation } from './index.ts';

export const day = 86_400_000;
/** When the tests' calls begin. */
export const opening = new Date('2026-05-01T06:00:00Z');

/** The room on a fresh database, with a clock that tests move. */
export async function createTestParticipation(env: Record<string, string> = {}) {
	const clock = { now: opening };
	const town = await createTestPlatform(
		(platform) => {
			const identity = createIdentity(platform, { passwordCost: { memoryCost: 64, timeCost: 1 } });
			const place = createTown(platform);
			const participation = createParticipation(
				platform,
				{ identity, town: place },
				{ now: () => clock.now },
			);
			return { identity, town: place, participation };
			// Without a worker: what goes by the clock happens when a test says so.
		},
		{ PARVIS_ROLES: 'web', ...env },
	);
	return {
		...town,
		...town.built,
		clock,
		/** Go on to so many days after `opening`. */
		toDay(days: number) {
			clock.now = new Date(opening.getTime() + days * day);
		},
		/** An account with a confirmed address. */
		async person(name: string, ...roles: string[]): Promise<Actor & { id: string }> {
			const id = newId();
			await town.platform.pool.query(
				'INSERT INTO identity.person (id, name, email, email_verified) VALUES ($1, $2, $3, true)',
				[id, name, `${id}@example.org`],
			);
			return {
				kind: 'person',
				id,
				displayName: name,
				roles: roles.map((role) => `participation:${role}`),
				scopes: [],
				secondFactor: roles.length > 0,
			};
		},
	};
}

/** The room in a process of its own, on a database that is there already, some days after `opening`. */
export function createTestProcess(days: number) {
	const platform = createPlatform(
		readConfiguration({
			PARVIS_DATA: tmpdir(),
			PARVIS_LOG_LEVEL: 'error',
			DATABASE_URL: process.env.DATABASE_URL,
			DATABASE_POOL_SIZE: '8',
		}),
	);
	const identity = createIdentity(platform);
	const place = createTown(platform);
	const now = () => new Date(opening.getTime() + days * day);
	return { participation: createParticipation(platform, { identity, town: place }, { now }) };
}

export type TestParticipation = Awaited<ReturnType<typeof createTestParticipation>>;

/** A budget: proposing days 0–10, reviewing 10–20, voting 20–30, executing from 40. */
export function budgetCall(change: Partial<CallInput> = {}): CallInput {
	const at = (days: number) => new Date(opening.getTime() + days * day);
	const words = (fr: string) => ({ fr, en: null });
	return {
		kind: 'budget',
		title: words('Budget participatif'),
		summary: words('Vos idées pour la commune'),
		body: words(''),
		phases: [
			{ kind: 'proposing', startsAt: at(0), endsAt: at(10) },
			{ kind: 'reviewing', startsAt: at(10), endsAt: at(20) },
			{ kind: 'voting', startsAt: at(20), endsAt: at(30) },
			{ kind: 'executing', startsAt: at(40), endsAt: null },
		],
		envelopes: [{ districtId: null, name: 'Toute la commune', budgetCents: 10_000_00 }],
		categories: [],
		eligibility: {
			who: words('Tout le monde'),
			leastAge: 16,
			proofs: ['email', 'sms', 'letter', 'document'],
		},
		ballotRules: {
			ballotType: 'approval',
			leastChoices: 1,
			mostChoices: 3,
			points: null,
			envelopes: 'all',
			counting: 'equal-shares',
			clash: 'paper',
			doubleEntry: false,
			lotSeed: 'le marché du samedi',
		},
		questions: [],
		...change,
	};
}

/** Create and publish a call, with projects of so many euros each. */
export async function openCall(
	test: TestParticipation,
	input: CallInput,
	costsEuros: readonly number[] = [],
): Promise<{ id: string; slug: string }> {
	const { calls, projects } = test.participation;
	const made = await calls.create(system, input);
	if (!made.ok) throw new Error(made.error);
	const published = await calls.publish(system, made.value.id);
	if (!published.ok) throw new Error(published.error);
	const call = await calls.get(system, made.value.id);
	for (const [i, euros] of costsEuros.entries()) {
		const envelope = call?.envelopes[i % (call.envelopes.length || 1)];
		const project = await projects.create(system, made.value.id, {
			envelopeId: envelope?.id,
			title: `Projet ${i + 1}`,
			body: 'Un projet.',
			costCents: euros * 100,
		});
		if (!project.ok) throw new Error(project.error);
	}
	return made.value;
}
