import { CsvError, ok, parseCsv, type Result, refuse, tidyText } from '@parvis/platform';
import type { DeviceFields } from '../inventory/face.ts';
import type { Category } from '../kinds.ts';
import type { ImportFault } from './face.ts';
import { decode } from './rules/decode.ts';
import type { ImportField, ImportSystem } from './rules/fields.ts';
import type { Mapping } from './rules/headings.ts';
import {
	addMonths,
	type DateOrder,
	dateOrderOf,
	parseDay,
	parseMonths,
	parsePercent,
	parsePrice,
	tidyCell,
	tidySerial,
} from './rules/values.ts';
import {
	acquiredOf,
	categoryOf,
	categoryOfModel,
	conditionOf,
	leftWays,
	type OwnWords,
	statusOf,
} from './rules/words.ts';

export const mostRows = 100_000;

export interface Table {
	headings: string[];
	rows: { line: number; cells: Record<string, string> }[];
}

/** What one line says of a device. What it does not say is absent. */
export interface ImportRecord {
	line: number;
	externalId: string | null;
	/** By which it is found, when nothing better is. */
	tag: string | null;
	/** What it may be labelled where it is new and has no tag. */
	name: string | null;
	serial: string | null;
	manufacturer: string;
	model: string;
	/** Null: the line does not say. */
	category: Category | null;
	holder: { id: string | null; name: string; email: string | null } | null;
	fields: Partial<Omit<DeviceFields, 'modelId' | 'holderId' | 'tag' | 'serial'>>;
}

export interface Reading {
	records: ImportRecord[];
	faults: ImportFault[];
	dateOrder: DateOrder;
	unknownWords: { kind: 'category' | 'status'; word: string; lines: number }[];
}

/** Rows of a CSV file in any usual encoding. */
export function readTable(bytes: Uint8Array): Result<Table> {
	const text = decode(bytes);
	if (text.includes('\0')) return refuse('equipment.import_unreadable', { line: 1 });
	try {
		const rows = parseCsv(text);
		if (rows.length > mostRows) return refuse('equipment.import_too_many', { most: mostRows });
		const [first] = rows;
		if (!first) return refuse('equipment.import_empty');
		return ok({ headings: Object.keys(first.cells).filter((heading) => heading !== ''), rows });
	} catch (error) {
		if (error instanceof CsvError) return refuse('equipment.import_unreadable', { line: error.line });
		throw error;
	}
}

const dayFields = [
	'boughtOn',
	'inUseOn',
	'warrantyUntil',
	'supportedUntil',
	'firstUsedOn',
	'batteryMeasuredOn',
	'leftOn',
] as const;

/** A device needs something to be known by again. */
export const identities: readonly ImportField[] = ['externalId', 'tag', 'serial', 'name'];

/** What the rows say by a mapping; lines that cannot be read are faults. */
export function readRecords(table: Table, system: ImportSystem, mapping: Mapping, own: OwnWords): Reading {
	const columns = new Map<ImportField, string>(
		Object.entries(mapping).map(([heading, field]) => [field, heading]),
	);
	const exact = system === 'parvis';
	const raw = (cells: Record<string, string>, field: ImportField): string => {
		const heading = columns.get(field);
		return heading === undefined ? '' : (cells[heading] ?? '');
	};
	const cell = (cells: Record<string, string>, field: ImportField): string =>
		exact ? raw(cells, field).replace(/^'(?=[=+\-@])/, '') : tidyCell(raw(cells, field));
	const dateOrder = dateOrderOf(
		table.rows.flatMap(({ cells }) => dayFields.map((field) => raw(cells, field))),
	);
	const faults: ImportFault[] = [];
	const unknown = new Map<string, { kind: 'category' | 'status'; word: string; lines: number }>();

	const records = table.rows.flatMap(({ line, cells }): ImportRecord[] => {
		const value = (field: ImportField) => cell(cells, field);
		if (Object.values(cells).every((text) => tidyCell(text) === '')) return [];
		const found: ImportFault[] = [];
		const fault = (error: string, field: ImportField) =>
			found.push({
				line,
				error,
				detail: { value: value(field).slice(0, 80), column: columns.get(field) ?? '' },
			});
		const unknownWord = (kind: 'category' | 'status', word: string) => {
			const key = `${kind} ${word.toLowerCase()}`;
			const known = unknown.get(key) ?? { kind, word: word.slice(0, 120), lines: 0 };
			unknown.set(key, { ...known, lines: known.lines + 1 });
			found.push({ line, error: `equipment.import_${kind}_unknown`, detail: { value: word.slice(0, 120) } });
		};

		const fields: ImportRecord['fields'] = {};
		for (const field of dayFields) {
			const text = value(field);
			if (!text) continue;
			const day = parseDay(text, dateOrder);
			if (day) fields[field] = day;
			else fault('equipment.import_day_invalid', field);
		}
		const months = value('warrantyMonths');
		if (months && !fields.warrantyUntil) {
			const count = parseMonths(months);
			const start = fields.boughtOn ?? fields.inUseOn;
			if (count === null) fault('equipment.import_months_invalid', 'warrantyMonths');
			else if (start && count > 0) fields.warrantyUntil = addMonths(start, count);
		}
		const price = value('price');
		if (price) {
			const cents = parsePrice(price);
			if (cents === null) fault('equipment.import_price_invalid', 'price');
			// Inventories write nought for what nobody filled in.
			else if (cents > 0 || exact) fields.priceCents = cents;
		}
		const battery = value('batteryHealthPercent');
		if (battery) {
			const percent = parsePercent(battery);
			if (percent === null) fault('equipment.import_percent_invalid', 'batteryHealthPercent');
			else fields.batteryHealthPercent = percent;
		}
		for (const field of ['service', 'site', 'need', 'supplier', 'orderNumber'] as const) {
			const text = value(field);
			if (text) fields[field] = text.slice(0, field === 'need' ? 40 : field === 'supplier' ? 200 : 120);
		}
		const note = tidyText(raw(cells, 'note').replace(/^'(?=[=+\-@])/, ''));
		if (note && (exact || tidyCell(note))) fields.note = note.slice(0, 5000);

		const statusWord = value('status');
		if (statusWord) {
			const leftAs = value('leftAs');
			const way = leftWays.find((known) => known === leftAs);
			const meant =
				statusWord === 'left' && way ? ({ status: 'left', leftAs: way } as const) : statusOf(statusWord, own);
			if (meant) Object.assign(fields, meant);
			else unknownWord('status', statusWord);
		}
		const acquired = value('acquired');
		if (acquired) {
			const meant = acquiredOf(acquired);
			if (meant) fields.acquired = meant;
			else fault('equipment.import_word_unknown', 'acquired');
		}
		const condition = value('condition');
		if (condition) {
			const meant = conditionOf(condition);
			if (meant) fields.condition = meant;
			else fault('equipment.import_word_unknown', 'condition');
		}

		const model = value('model');
		const manufacturer = value('manufacturer');
		const categoryWord = value('category');
		const category =
			(categoryWord ? categoryOf(categoryWord, own) : null) ?? categoryOfModel(`${manufacturer} ${model}`);
		if (categoryWord && !category) unknownWord('category', categoryWord);

		const holderName = value('holderName');
		const holderEmail = value('holderEmail').toLowerCase();
		const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(holderEmail) ? holderEmail.slice(0, 320) : null;
		const holderId = value('holderId') || null;
		const record: ImportRecord = {
			line,
			externalId: value('externalId').slice(0, 200) || null,
			tag: value('tag') || null,
			name: value('name') || null,
			serial: (exact ? value('serial') : tidySerial(raw(cells, 'serial'))) || null,
			manufacturer,
			model,
			category,
			holder:
				holderName || email || holderId
					? { id: holderId, name: (holderName || email || '').slice(0, 200), email }
					: null,
			fields,
		};
		if (!found.length && !record.externalId && !record.tag && !record.serial && !record.name)
			found.push({ line, error: 'equipment.import_no_identity' });
		faults.push(...found.slice(0, 1));
		return found.length ? [] : [record];
	});
	return { records, faults, dateOrder, unknownWords: [...unknown.values()] };
}
