import type { Call } from '@parvis/participation';
import { callRows } from '#lib/call-rows.ts';
import { optional, type Typed } from './forms.ts';
import { centsOf, eurosOf } from './money.ts';
import { parisInstant, parisLocal } from './paris-time.ts';

const phaseKinds = ['proposing', 'answering', 'reviewing', 'voting', 'executing'] as const;
const proofKinds = ['email', 'sms', 'letter', 'franceconnect', 'document'] as const;

/** A call as its form shows it: every field by name. */
export function callFields(call: Call | null): Typed {
	const fields: Typed = {
		kind: call?.kind ?? 'budget',
		titleFr: call?.title.fr ?? '',
		titleEn: call?.title.en ?? '',
		summaryFr: call?.summary.fr ?? '',
		summaryEn: call?.summary.en ?? '',
		bodyFr: call?.body.fr ?? '',
		bodyEn: call?.body.en ?? '',
		whoFr: call?.eligibility.who.fr ?? '',
		whoEn: call?.eligibility.who.en ?? '',
		leastAge: String(call?.eligibility.leastAge ?? 16),
	};
	for (const { kind, startsAt, endsAt } of call?.phases ?? []) {
		fields[`${kind}-start`] = parisLocal(startsAt);
		fields[`${kind}-end`] = parisLocal(endsAt);
	}
	for (const [n, one] of (call?.envelopes ?? []).entries()) {
		fields[`envelope-${n}-id`] = one.id;
		fields[`envelope-${n}-name`] = one.name;
		fields[`envelope-${n}-district`] = one.districtId ?? '';
		fields[`envelope-${n}-budget`] = eurosOf(one.budgetCents);
	}
	for (const [n, one] of (call?.categories ?? []).entries()) {
		fields[`category-${n}-id`] = one.id;
		fields[`category-${n}-fr`] = one.name.fr;
		fields[`category-${n}-en`] = one.name.en ?? '';
	}
	for (const [n, one] of (call?.questions ?? []).entries()) {
		fields[`question-${n}-id`] = one.id;
		fields[`question-${n}-kind`] = one.kind;
		fields[`question-${n}-fr`] = one.label.fr;
		fields[`question-${n}-en`] = one.label.en ?? '';
		if (one.required) fields[`question-${n}-required`] = 'on';
		fields[`question-${n}-choices`] = one.choices.map(({ fr, en }) => (en ? `${fr} | ${en}` : fr)).join('\n');
	}
	for (const proof of call?.eligibility.proofs ?? ['email']) fields[`proof-${proof}`] = 'on';
	const rules = call?.ballotRules;
	Object.assign(fields, {
		ballotType: rules?.ballotType ?? 'approval',
		leastChoices: String(rules?.leastChoices ?? 1),
		mostChoices: rules?.mostChoices ? String(rules.mostChoices) : '',
		points: rules?.points ? String(rules.points) : '',
		envelopes: rules?.envelopes ?? 'all',
		counting: rules?.counting ?? 'equal-shares',
		clash: rules?.clash ?? 'paper',
		lotSeed: rules?.lotSeed ?? '',
		...(rules?.doubleEntry && { doubleEntry: 'on' }),
	});
	return fields;
}

const words = (fr: string | undefined, en: string | undefined) => ({ fr: fr ?? '', en: optional(en) });
const wholeNumber = (text: string | undefined) => {
	const trimmed = optional(text);
	return trimmed === null ? null : Number(trimmed);
};

/**
 * A filled form as the room takes it; empty rows and phases without a beginning are left out.
 * @param known the call as it is kept: an instant that the form still shows keeps its seconds, which the field has not
 */
export function callInput(typed: Typed, known: Call | null = null): unknown {
	const instant = (kept: Date | null | undefined, text: string | undefined) =>
		kept && parisLocal(kept) === text ? kept : parisInstant(text);
	const voting = optional(typed['voting-start']) !== null;
	return {
		kind: typed.kind,
		title: words(typed.titleFr, typed.titleEn),
		summary: words(typed.summaryFr, typed.summaryEn),
		body: words(typed.bodyFr, typed.bodyEn),
		phases: phaseKinds.flatMap((kind) => {
			const kept = known?.phases.find((phase) => phase.kind === kind);
			const startsAt = instant(kept?.startsAt, typed[`${kind}-start`]);
			return startsAt ? [{ kind, startsAt, endsAt: instant(kept?.endsAt, typed[`${kind}-end`]) }] : [];
		}),
		envelopes: callRows(typed, 'envelope').flatMap((n) => {
			const name = optional(typed[`envelope-${n}-name`]);
			if (!name) return [];
			const id = optional(typed[`envelope-${n}-id`]);
			return [
				{
					...(id && { id }),
					name,
					districtId: optional(typed[`envelope-${n}-district`]),
					budgetCents: centsOf(typed[`envelope-${n}-budget`]) ?? 0,
				},
			];
		}),
		categories: callRows(typed, 'category').flatMap((n) => {
			const fr = optional(typed[`category-${n}-fr`]);
			const id = optional(typed[`category-${n}-id`]);
			return fr ? [{ ...(id && { id }), name: words(fr, typed[`category-${n}-en`]) }] : [];
		}),
		eligibility: {
			who: words(typed.whoFr, typed.whoEn),
			leastAge: wholeNumber(typed.leastAge) ?? 0,
			proofs: proofKinds.filter((kind) => typed[`proof-${kind}`]),
		},
		ballotRules: voting
			? {
					ballotType: typed.ballotType,
					leastChoices: wholeNumber(typed.leastChoices) ?? 1,
					mostChoices: wholeNumber(typed.mostChoices),
					points: wholeNumber(typed.points),
					envelopes: typed.envelopes,
					counting: typed.counting,
					clash: typed.clash,
					doubleEntry: Boolean(typed.doubleEntry),
					lotSeed: typed.lotSeed ?? '',
				}
			: null,
		questions: callRows(typed, 'question').flatMap((n) => {
			const fr = optional(typed[`question-${n}-fr`]);
			if (!fr) return [];
			const id = optional(typed[`question-${n}-id`]);
			return [
				{
					...(id && { id }),
					kind: typed[`question-${n}-kind`],
					label: words(fr, typed[`question-${n}-en`]),
					required: Boolean(typed[`question-${n}-required`]),
					choices: (typed[`question-${n}-choices`] ?? '')
						.split('\n')
						.map((line) => line.split('|').map((side) => side.trim()))
						.filter(([choice]) => choice)
						.map(([choice, other]) => words(choice, other)),
				},
			];
		}),
	};
}
