import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categories } from '../../kinds.ts';
import type { CategoryRules, PolicyRules } from '../face.ts';
import { answer } from './answer.ts';
import type { LookedAt, Question } from './question.ts';
import { standardRules } from './standard.ts';

const needs = standardRules.needs.map(({ code }) => code);
const day = fc
	.integer({ min: 0, max: 3650 })
	.map((days) => new Date(Date.UTC(2021, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
const cents = fc.option(fc.integer({ min: 0, max: 300_000 }));
const days = fc.option(fc.integer({ min: 0, max: 90 }));

const device: fc.Arbitrary<LookedAt> = fc.record({
	id: fc.uuid(),
	tag: fc.stringMatching(/^P-\d{5}$/),
	model: fc.constant('Modèle'),
	modelId: fc.constant(null),
	ageYears: fc.double({ min: 0, max: 15, noNaN: true }),
	supportedUntil: fc.option(day),
	batteryHealthPercent: fc.option(fc.integer({ min: 0, max: 100 })),
	secondHand: fc.boolean(),
	need: fc.option(fc.constantFrom(...needs)),
	dataWiped: fc.boolean(),
});

const question: fc.Arbitrary<Question> = fc.record({
	today: day,
	category: fc.constantFrom(...categories),
	need: fc.constantFrom(...needs),
	trouble: fc.constantFrom('none', 'slow', 'battery', 'broken', 'unsupported', 'lost', 'unsuitable'),
	device: fc.option(device),
	pool: fc.array(device, { maxLength: 4 }),
	prices: fc.record({
		repairCents: cents,
		batteryCents: cents,
		reinstallCents: cents,
		refurbishedCents: cents,
		newCents: cents,
		repairDays: days,
		poolDays: days,
		refurbishedDays: days,
		newDays: days,
	}),
});

const own: fc.Arbitrary<CategoryRules> = fc.record({
	minimumYears: fc.double({ min: 0.5, max: 12, noNaN: true }),
	refurbishedYears: fc.double({ min: 0.5, max: 12, noNaN: true }),
	refurbishedFirst: fc.boolean(),
	newForNeeds: fc.subarray(needs),
	repairThresholdPercent: fc.integer({ min: 0, max: 100 }),
	batteryBelowPercent: fc.option(fc.integer({ min: 0, max: 100 })),
	reinstallUpToYears: fc.double({ min: 0, max: 15, noNaN: true }),
	sparePoolPercent: fc.integer({ min: 0, max: 20 }),
});

const rules: PolicyRules = standardRules;
const order = ['keep', 'pool', 'refurbished', 'new'] as const;
const rank = (kind: (typeof order)[number]) => order.indexOf(kind);

test('nobody is left without an answer, and every option has its reason and its article', () => {
	fc.assert(
		fc.property(own, question, (mine, asked) => {
			const { options, best } = answer(rules, mine, asked);
			expect(options.map(({ kind }) => kind)).toEqual(order);
			const first = options.find(({ feasible }) => feasible);
			expect(first?.kind).toBe(best);
			for (const { reason, article } of options) {
				expect(reason.fr.length).toBeGreaterThan(10);
				expect(reason.en.length).toBeGreaterThan(10);
				expect(article.number).toBeGreaterThanOrEqual(1);
				expect(article.number).toBeLessThanOrEqual(9);
			}
		}),
	);
});

test('a stricter policy never answers with something newer', () => {
	const stricter = fc.record({
		years: fc.double({ min: 0, max: 8, noNaN: true }),
		threshold: fc.integer({ min: 0, max: 100 }),
		reinstall: fc.double({ min: 0, max: 8, noNaN: true }),
		first: fc.boolean(),
		withoutNeeds: fc.subarray(needs),
	});
	fc.assert(
		fc.property(own, question, stricter, (lax, asked, more) => {
			const strict: CategoryRules = {
				...lax,
				minimumYears: lax.minimumYears + more.years,
				refurbishedYears: lax.refurbishedYears + more.years,
				repairThresholdPercent: Math.min(100, lax.repairThresholdPercent + more.threshold),
				reinstallUpToYears: lax.reinstallUpToYears + more.reinstall,
				refurbishedFirst: lax.refurbishedFirst || more.first,
				newForNeeds: lax.newForNeeds.filter((need) => !more.withoutNeeds.includes(need)),
			};
			expect(rank(answer(rules, strict, asked).best)).toBeLessThanOrEqual(
				rank(answer(rules, lax, asked).best),
			);
		}),
		{ numRuns: 2000 },
	);
});

test('a device without security updates is proposed for safe needs alone', () => {
	fc.assert(
		fc.property(own, question, (mine, asked) => {
			if (rules.safeNeeds.includes(asked.need)) return;
			const [keep, pool] = answer(rules, mine, asked).options;
			const given = asked.pool.find(({ id }) => id === pool.device?.id);
			if (pool.feasible && given?.supportedUntil) expect(given.supportedUntil >= asked.today).toBe(true);
			const until = asked.device?.supportedUntil;
			if (!keep.feasible || !until || keep.actions.includes('reinstall')) return;
			const end = Date.parse(until) + rules.securityGraceDays * 86_400_000;
			expect(end).toBeGreaterThanOrEqual(Date.parse(asked.today));
		}),
		{ numRuns: 1000 },
	);
});

test('what a person would say by hand', () => {
	const laptop = standardRules.categories.laptop;
	if (!laptop) throw new Error('laptops');
	const prices = {
		repairCents: 18_000,
		batteryCents: 9_000,
		reinstallCents: 4_000,
		refurbishedCents: 42_000,
		newCents: 90_000,
		repairDays: 7,
		poolDays: 2,
		refurbishedDays: 10,
		newDays: 21,
	};
	const mine: LookedAt = {
		id: '1',
		tag: 'P-00001',
		model: 'Latitude',
		modelId: null,
		ageYears: 4,
		supportedUntil: '2029-01-01',
		batteryHealthPercent: 92,
		secondHand: false,
		need: 'standard',
		dataWiped: true,
	};
	const ask = (change: Partial<Question>) => {
		const { best, options } = answer(rules, laptop, {
			today: '2026-11-25',
			category: 'laptop',
			need: 'standard',
			trouble: 'broken',
			device: mine,
			pool: [],
			prices,
			...change,
		});
		return { best, keep: options[0], pool: options[1] };
	};
	// 18 000 ≤ 40 % of 90 000.
	expect(ask({})).toMatchObject({ best: 'keep', keep: { actions: ['repair'], costCents: 18_000 } });
	expect(ask({ prices: { ...prices, repairCents: 36_001 } }).best).toBe('refurbished');
	expect(ask({ trouble: 'lost' }).best).toBe('refurbished');
	expect(ask({ trouble: 'lost', pool: [{ ...mine, id: '2', tag: 'P-2' }] }).best).toBe('pool');
	expect(
		ask({ trouble: 'lost', pool: [{ ...mine, id: '2', supportedUntil: '2026-11-24' }] }).pool,
	).toMatchObject({ feasible: false, article: { code: 'security' } });
	const later = { ...mine, id: '3', tag: 'P-3', supportedUntil: '2031-01-01', dataWiped: false };
	expect(
		ask({ trouble: 'lost', pool: [later, { ...mine, id: '2' }] }).pool?.device?.id,
		'first what may be handed over at once',
	).toBe('2');
	expect(ask({ trouble: 'lost', pool: [later] })).toMatchObject({
		best: 'pool',
		pool: { reason: { fr: expect.stringContaining('restent à effacer') } },
	});
	expect(ask({ trouble: 'lost', need: 'design' }).best).toBe('new');
	expect(ask({ trouble: 'slow' })).toMatchObject({ best: 'keep', keep: { actions: ['reinstall'] } });
	expect(ask({ trouble: 'slow', device: { ...mine, ageYears: 10 } }).keep).toMatchObject({
		feasible: false,
		article: { code: 'lifetime' },
	});
	expect(ask({ trouble: 'unsuitable' })).toMatchObject({ best: 'keep', keep: { actions: ['as_is'] } });
	expect(
		ask({ trouble: 'battery', device: { ...mine, batteryHealthPercent: 60, supportedUntil: '2026-01-01' } }),
	).toMatchObject({ best: 'keep', keep: { actions: ['battery', 'reinstall'], costCents: 13_000 } });
	expect(
		ask({ trouble: 'battery', device: { ...mine, ageYears: 10, supportedUntil: '2026-01-01' } }).keep,
	).toMatchObject({ feasible: false, article: { code: 'security' } });
	expect(ask({ trouble: 'lost', prices: { ...prices, refurbishedCents: null, newCents: null } }).best).toBe(
		'new',
	);
});
