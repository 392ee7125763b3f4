import { ok, type Result, refuse, tidyText } from '@parvis/platform';
import { type Context, isOpen, takingPart } from './context.ts';
import type { Answers, Question, Questionnaires, QuestionResult, Words } from './face.ts';
import { mayManage } from './policies.ts';

const mostCharacters = 4000;
export const scaleSteps = 5;

/** Check an answer sheet against its questions: known ones only, of their kind, the required ones there. */
export function checkAnswers(questions: readonly Question[], given: unknown): Result<Answers> {
	if (typeof given !== 'object' || given === null) return refuse('participation.answers_unreadable');
	const sheet = given as Record<string, unknown>;
	const answers: Answers = {};
	for (const [n, question] of questions.entries()) {
		const value = sheet[question.id];
		const detail = { question: n + 1 };
		const empty =
			value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);
		if (empty) {
			if (question.required) return refuse('participation.answer_missing', detail);
			continue;
		}
		const isIndex = (index: unknown, from: number, to: number) =>
			typeof index === 'number' && Number.isInteger(index) && index >= from && index <= to;
		const last = question.choices.length - 1;
		if (question.kind === 'text') {
			const text = typeof value === 'string' ? tidyText(value.replaceAll('\0', '').toWellFormed()) : '';
			if (typeof value !== 'string' || text.length > mostCharacters)
				return refuse('participation.answer_invalid', detail);
			if (text) answers[question.id] = text;
			else if (question.required) return refuse('participation.answer_missing', detail);
		} else if (question.kind === 'multiple') {
			if (!Array.isArray(value) || !value.every((index) => isIndex(index, 0, last)))
				return refuse('participation.answer_invalid', detail);
			answers[question.id] = [...new Set(value as number[])].toSorted((a, b) => a - b);
		} else {
			const [from, to] = question.kind === 'scale' ? [1, scaleSteps] : [0, last];
			if (!isIndex(value, from, to)) return refuse('participation.answer_invalid', detail);
			answers[question.id] = value as number;
		}
	}
	return ok(answers);
}

export function createQuestionnaires(context: Context): Questionnaires {
	const { db } = context;

	async function questionsOf(callId: string): Promise<Question[]> {
		const rows = await db
			.selectFrom('participation.question')
			.selectAll()
			.where('call_id', '=', callId)
			.orderBy('position')
			.execute();
		return rows.map(({ id, kind, label_fr, label_en, required, choices }) => ({
			id,
			kind: kind as Question['kind'],
			label: { fr: label_fr, en: label_en },
			required,
			choices: choices as unknown as Words[],
		}));
	}

	return {
		async mine(actor, callId) {
			const person = takingPart(actor);
			if (!person.ok) return null;
			const row = await db
				.selectFrom('participation.answer_sheet')
				.select('answers')
				.where('call_id', '=', callId)
				.where('person_id', '=', person.value)
				.executeTakeFirst();
			return (row?.answers as unknown as Answers | undefined) ?? null;
		},

		async answer(actor, callId, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			if (!(await isOpen(context, db, callId, 'answering'))) return refuse('participation.phase_closed');
			const answers = checkAnswers(await questionsOf(callId), given);
			if (!answers.ok) return answers;
			const columns = { answers: JSON.stringify(answers.value), updated_at: context.now() };
			await db
				.insertInto('participation.answer_sheet')
				.values({ call_id: callId, person_id: person.value, ...columns })
				.onConflict((conflict) => conflict.columns(['call_id', 'person_id']).doUpdateSet(columns))
				.execute();
			return ok(null);
		},

		async results(actor, callId) {
			const phase = await db
				.selectFrom('participation.phase as phase')
				.innerJoin('participation.call as call', 'call.id', 'phase.call_id')
				.select(['phase.ends_at', 'call.status'])
				.where('call_id', '=', callId)
				.where('phase.kind', '=', 'answering')
				.executeTakeFirst();
			if (!phase) return refuse('participation.call_unknown');
			const over = phase.ends_at !== null && phase.ends_at <= context.now() && phase.status !== 'draft';
			if (!over && !mayManage(actor)) return refuse('participation.results_later');
			const questions = await questionsOf(callId);
			const sheets = (
				await db
					.selectFrom('participation.answer_sheet')
					.select('answers')
					.where('call_id', '=', callId)
					.execute()
			).map(({ answers }) => answers as unknown as Answers);
			return ok(questions.map((question) => resultOf(question, sheets, mayManage(actor))));
		},
	};
}

function resultOf(question: Question, sheets: readonly Answers[], withTexts: boolean): QuestionResult {
	const given = sheets.flatMap((sheet) => {
		const answer = sheet[question.id];
		return answer === undefined ? [] : [answer];
	});
	const counts = new Array<number>(
		question.kind === 'scale' ? scaleSteps : question.kind === 'text' ? 0 : question.choices.length,
	).fill(0);
	const shift = question.kind === 'scale' ? 1 : 0;
	for (const answer of given)
		for (const index of Array.isArray(answer) ? answer : [answer])
			if (typeof index === 'number') counts[index - shift] = (counts[index - shift] ?? 0) + 1;
	return {
		question,
		answered: given.length,
		counts,
		texts: withTexts ? given.filter((answer) => typeof answer === 'string').toSorted() : [],
	};
}
