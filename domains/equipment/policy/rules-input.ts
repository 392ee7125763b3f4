import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { categories } from '../kinds.ts';
import { lineNames } from './rules/obligations.ts';

const code = z.string().regex(/^[a-z][a-z0-9_]{1,29}$/, 'equipment.need_code_invalid');
const percent = z
	.int('equipment.percent_invalid')
	.min(0, 'equipment.percent_invalid')
	.max(100, 'equipment.percent_invalid');
const inYears = z
	.number('equipment.years_invalid')
	.min(0, 'equipment.years_invalid')
	.max(30, 'equipment.years_invalid');
const words = z.object({
	fr: textInput(400, 'equipment.words_missing'),
	en: textInput(400, 'equipment.words_missing'),
});

const categoryRules = z.object({
	minimumYears: inYears.min(0.5, 'equipment.years_invalid'),
	refurbishedYears: inYears.min(0.5, 'equipment.years_invalid'),
	refurbishedFirst: z.boolean(),
	newForNeeds: z.array(code).max(30),
	repairThresholdPercent: percent,
	batteryBelowPercent: percent.nullable(),
	reinstallUpToYears: inYears,
	sparePoolPercent: percent,
});

/** Rules as a form or an import gives them: every need that a rule names must be described. */
export const rulesInput = z
	.object({
		categories: z.partialRecord(z.enum(categories), categoryRules),
		needs: z
			.array(z.object({ code, label: words, justification: words }))
			.min(1, 'equipment.needs_missing')
			.max(30),
		securityGraceDays: z
			.int('equipment.days_invalid')
			.min(0, 'equipment.days_invalid')
			.max(3650, 'equipment.days_invalid'),
		safeNeeds: z.array(code).max(30),
		reuseShares: z.record(
			z.string().refine((line) => line in lineNames, 'equipment.line_unknown'),
			percent,
		),
	})
	.superRefine((rules, check) => {
		const known = new Set(rules.needs.map((need) => need.code));
		if (known.size < rules.needs.length)
			check.addIssue({ code: 'custom', message: 'equipment.need_twice', path: ['needs'] });
		if (!Object.keys(rules.categories).length)
			check.addIssue({ code: 'custom', message: 'equipment.categories_missing', path: ['categories'] });
		const named = [
			...rules.safeNeeds,
			...Object.values(rules.categories).flatMap((own) => own?.newForNeeds ?? []),
		];
		if (named.some((need) => !known.has(need)))
			check.addIssue({ code: 'custom', message: 'equipment.need_unknown', path: ['needs'] });
	});

export const draftInput = z.object({
	title: textInput(200, 'equipment.title_missing'),
	preamble: textInput(8000, 'equipment.preamble_missing'),
	ownArticles: z
		.array(
			z.object({
				title: textInput(200, 'equipment.title_missing'),
				text: textInput(4000, 'equipment.article_text_missing'),
			}),
		)
		.max(30),
	rules: rulesInput,
});
